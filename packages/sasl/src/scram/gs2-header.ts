// The front of a client's first message (RFC 5801 §4): channel binding flag, name to act for, and the rest.
import { decodeSaslName } from './sasl-name.ts';

export type Binding =
  /** The client cannot bind. */
  | { readonly kind: 'none' }
  /** The client could, and believes that the server cannot. */
  | { readonly kind: 'believed-absent' }
  | { readonly kind: 'used'; readonly type: string };

export interface Gs2Header {
  readonly binding: Binding;
  /** authzid; empty for none. */
  readonly onBehalfOf: string;
  /** The header as it was sent, commas included; part of what is bound. */
  readonly text: string;
  readonly rest: string;
}

const shape = /^(?:(n|y)|p=([A-Za-z0-9.-]{1,64})),(?:a=([^,\0]{1,1024}))?,/;

export function parseGs2Header(message: string): Gs2Header | undefined {
  const found = shape.exec(message);
  if (found === null) return undefined;
  const [text, flag, type, written] = found;
  const onBehalfOf = written === undefined ? '' : decodeSaslName(written);
  if (onBehalfOf === undefined) return undefined;
  return { binding: bindingOf(flag, type), onBehalfOf, text, rest: message.slice(text.length) };
}

function bindingOf(flag: string | undefined, type: string | undefined): Binding {
  if (type !== undefined) return { kind: 'used', type };
  return { kind: flag === 'y' ? 'believed-absent' : 'none' };
}
