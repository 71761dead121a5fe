// Where a scanner listens: "host:port", "[address]:port", or "unix:/path/of/socket". Pure.
import { splitHostPort } from '@restante/config';

export type Endpoint =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string };

/** What the setting may look like; empty is "off". */
export const endpointPattern =
  /^(?:unix:\/[^\0\s]{1,100}|(?:\[[0-9A-Fa-f:.]{2,45}\]|[^:[\]\s]{1,255}):\d{1,5})?$/;

/** Undefined for the empty text; whatever else is wrong was refused by the pattern. */
export function endpointOf(text: string): Endpoint | undefined {
  if (text === '') return undefined;
  if (text.startsWith('unix:')) return { kind: 'unix', path: text.slice('unix:'.length) };
  const split = splitHostPort(text);
  return split === undefined ? undefined : { kind: 'tcp', ...split };
}
