// The words of one message as they are searched: folded, each field by itself, and header and body whole. Pure.
import {
  decodeWords,
  headerText,
  plainTextOf,
  type MailAddress,
  type ReadMessage,
} from '@restante/mime';
import type { ContentQuery } from './content-index.ts';
import { folded } from './folded-text.ts';

export interface MessageWords {
  readonly header: string;
  readonly body: string;
  /** Absent when the message has no such field. */
  readonly from?: string;
  readonly to?: string;
  readonly cc?: string;
  readonly bcc?: string;
  readonly subject?: string;
}

/** Of a longer text the beginning is searched; an attached log file of gigabytes is no letter. */
const charactersMax = 1_048_576;

export function wordsOf(bytes: Buffer, { envelope, structure }: ReadMessage): MessageWords {
  const header = headerText(bytes, { start: structure.headerStart, end: structure.bodyStart });
  const { subject } = envelope;
  return {
    header: folded(header),
    body: folded(plainTextOf(bytes, structure, { charactersMax })),
    ...addressWords('from', envelope.from),
    ...addressWords('to', envelope.to),
    ...addressWords('cc', envelope.cc),
    ...addressWords('bcc', envelope.bcc),
    ...(subject !== undefined && { subject: folded(decodeWords(subject)) }),
  };
}

/** `needle` is folded. What the index must answer, and how it is tested. */
export function isFound(words: MessageWords, place: ContentQuery['in'], needle: string): boolean {
  if (place === 'text') return words.header.includes(needle) || words.body.includes(needle);
  return words[place]?.includes(needle) ?? false;
}

type AddressField = 'from' | 'to' | 'cc' | 'bcc';

function addressWords(
  field: AddressField,
  addresses: readonly MailAddress[],
): { readonly [Key in AddressField]?: string } {
  if (addresses.length === 0) return {};
  return { [field]: folded(addresses.map(addressText).join(', ')) };
}

function addressText({ name, mailbox, domain }: MailAddress): string {
  if (mailbox === undefined) return ';';
  if (domain === undefined) return `${mailbox}:`;
  const address = domain === '' ? mailbox : `${mailbox}@${domain}`;
  return name === undefined ? address : `${name} <${address}>`;
}
