// "maildir:PATH", "mbox:PATH", "imap://user@host", "imaps://user@host": where a mailbox comes from or goes to. The words of the
// command line and of the site API.
import { isAbsolute } from 'node:path';
import type { Secret } from '@restante/runtime';
import { TransferError } from './errors.ts';
import { openImapMarks } from './imap/imap-marks.ts';
import { openImapSource } from './imap/imap-source.ts';
import type { MailSource } from './mail-source.ts';
import { openMaildirSource } from './maildir/maildir-source.ts';
import { openMboxSource } from './mbox/mbox-source.ts';

export type MailPlace =
  | { readonly kind: 'maildir'; readonly path: string }
  | { readonly kind: 'mbox'; readonly path: string }
  | {
      readonly kind: 'imap';
      readonly user: string;
      readonly host: string;
      readonly port: number;
      readonly isTls: boolean;
    };

/** Undefined when it is none. */
export function parseMailPlace(text: string): MailPlace | undefined {
  const file = /^(maildir|mbox):([^\0]{1,4096})$/.exec(text);
  if (file?.[2] !== undefined)
    return isAbsolute(file[2])
      ? { kind: file[1] === 'mbox' ? 'mbox' : 'maildir', path: file[2] }
      : undefined;
  // The user may be a whole address: the last "@" counts. A password has no place here.
  const remote =
    /^(imaps?):\/\/([^\s/]{1,300})@(\[[0-9a-f:.]+\]|[^\s/:@[\]]{1,253})(?::(\d{1,5}))?\/?$/i.exec(
      text,
    );
  const [, scheme = '', user = '', host = '', port] = remote ?? [];
  if (remote === null || user.includes(':')) return undefined;
  const isTls = scheme.toLowerCase() === 'imaps';
  const decoded = decodedUser(user);
  if (decoded === undefined) return undefined;
  return {
    kind: 'imap',
    user: decoded,
    host: host.replace(/^\[(.*)\]$/, '$1').toLowerCase(),
    port: port === undefined ? (isTls ? 993 : 143) : Number(port),
    isTls,
  };
}

export interface OpenSourceOptions {
  /** For imap. */
  readonly password?: Secret;
  /** Where marks of remote accounts are kept. */
  readonly marksDir: string;
  /** The mailbox it goes to. */
  readonly into: string;
  readonly trusted?: string;
}

export async function openMailSource(
  place: MailPlace,
  { password, marksDir, into, trusted }: OpenSourceOptions,
): Promise<MailSource> {
  if (place.kind === 'maildir') return openMaildirSource(place.path);
  if (place.kind === 'mbox') return openMboxSource(place.path);
  if (password === undefined)
    throw new TransferError('SOURCE_LOGIN_REFUSED', { about: 'there is no password' });
  const { host, user } = place;
  return openImapSource({
    ...place,
    password,
    marks: await openImapMarks(marksDir, { host, user, into }),
    ...(trusted === undefined ? {} : { trusted }),
  });
}

function decodedUser(user: string): string | undefined {
  try {
    return decodeURIComponent(user);
  } catch {
    return undefined;
  }
}
