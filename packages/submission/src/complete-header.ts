// Makes the header of a submitted message what RFC 5322 wants and nobody else's business (RFC 6409 §8): adds Date, Message-ID and
// From where they are missing, takes out Bcc and Return-Path. Pure.
import { domainOf } from '@restante/mail-model';
import { editHeader, fieldLine, formatDateTime, headerFields } from '@restante/mime';
import { isNamed } from './judge-header.ts';

export interface Completion {
  /** Address to write as, when the message names nobody. */
  readonly author: string;
  /** Unique in the cluster. */
  readonly id: string;
  readonly nowMs: number;
}

/** RFC 5322 §3.6.3: Bcc is for us alone. Return-Path is written at the last hop (RFC 5321 §4.4); ours would be a lie there. */
const takenOut = ['Bcc', 'Resent-Bcc', 'Return-Path'];

/** `header` without its empty line; comes back CRLF ended. */
export function completeHeader(header: Buffer, { author, id, nowMs }: Completion): Buffer {
  const fields = headerFields(header);
  const has = (name: string) => fields.some((field) => isNamed(field, name));
  const append =
    (has('From') ? '' : fieldLine('From', author)) +
    (has('Date') ? '' : fieldLine('Date', formatDateTime(nowMs))) +
    (has('Message-ID') ? '' : fieldLine('Message-ID', `<${id}@${domainOf(author)}>`));
  return editHeader(header, { remove: takenOut, append });
}
