// An account at another IMAP server, read only (EXAMINE, BODY.PEEK), in two passes over a few hundred messages: first what they are
// about, then the bodies of those we do not have, streamed in one command, because the other server may be an ocean away.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { readMessage } from '@restante/mime';
import type { SpecialUse } from '@restante/mailbox-store';
import type { Secret } from '@restante/runtime';
import type { FetchMessageObject, ImapFlow, ListResponse } from 'imapflow';
import { TransferError, type TransferFailureCode } from '../errors.ts';
import { withCrlf } from '../line-ends.ts';
import type { MailSource, MessageGlance, SourceFolder, SourceItem } from '../mail-source.ts';
import { messageMaxBytes } from '../maildir/maildir-source.ts';
import type { ImapMarks } from './imap-marks.ts';

export interface ImapSourceOptions {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte; otherwise STARTTLS, which only a server on this machine may do without. */
  readonly isTls: boolean;
  readonly user: string;
  readonly password: Secret;
  /** PEM; for a server whose certificate the world does not know. */
  readonly trusted?: string;
  readonly marks?: ImapMarks;
  /** Messages that are looked at together. */
  readonly chunkMessages?: number;
}

const chunkMessagesDefault = 250;
const loopback = /^(127\.\d+\.\d+\.\d+|::1|localhost)$/;

/** Logs in. Throws TransferError: SOURCE_LOGIN_REFUSED, SOURCE_NOT_TRUSTED, SOURCE_UNREACHABLE. */
export async function openImapSource(options: ImapSourceOptions): Promise<MailSource> {
  const { host, port, isTls, user, password, trusted, marks } = options;
  // Loaded when somebody moves in: it is a fifth of what a node needs otherwise.
  const { ImapFlow: Client } = await import('imapflow');
  const client = new Client({
    host,
    port,
    secure: isTls,
    ...(isTls || loopback.test(host) ? {} : { doSTARTTLS: true }),
    auth: { user, pass: password.reveal() },
    tls: {
      minVersion: 'TLSv1.2',
      ...(trusted === undefined ? {} : { ca: trusted }),
      // Nobody stands between us and our own machine.
      ...(loopback.test(host) ? { rejectUnauthorized: false } : {}),
    },
    logger: false,
    disableAutoIdle: true,
    clientInfo: { name: 'restante' },
  });
  client.on('error', () => undefined); // What runs hears of it as its own failure.
  await asked(host, async () => client.connect());
  const validity = new Map<string, string>();

  return {
    folders: async () => {
      const list = await asked(host, async () => client.list());
      return list
        .filter(({ flags }) => !flags.has('\\Noselect') && !flags.has('\\NonExistent'))
        .map(folderOf);
    },
    async *messages(folder, isWanted) {
      const box = await asked(host, async () =>
        client.mailboxOpen(folder.place, { readOnly: true }),
      );
      const uidValidity = String(box.uidValidity);
      validity.set(folder.place, uidValidity);
      if (box.exists === 0) return;
      const after = marks?.after(folder.place, uidValidity) ?? 0;
      const found = await asked(host, async () =>
        client.search({ uid: `${after + 1}:*` }, { uid: true }),
      );
      // RFC 9051 §9: "5:*" means the last one as well when that is below five.
      const uids = (found || []).filter((uid) => uid > after).toSorted((one, other) => one - other);
      const size = options.chunkMessages ?? chunkMessagesDefault;
      for (let at = 0; at < uids.length; at += size)
        yield* chunkOf(client, { host, uids: uids.slice(at, at + size), isWanted });
    },
    async reached(folder, uid) {
      await marks?.keep(folder.place, { uidValidity: validity.get(folder.place) ?? '', uid });
    },
    async [Symbol.asyncDispose]() {
      if (client.usable) await client.logout().catch(() => undefined); // It has all we want; how it says goodbye is its own.
      client.close();
    },
  };
}

interface Chunk {
  readonly host: string;
  readonly uids: readonly number[];
  readonly isWanted: (glance: MessageGlance) => boolean;
}

async function* chunkOf(
  client: ImapFlow,
  { host, uids, isWanted }: Chunk,
): AsyncIterable<SourceItem> {
  const glances = await asked(host, async () =>
    client.fetchAll(
      uids.join(','),
      {
        uid: true,
        flags: true,
        internalDate: true,
        size: true,
        headers: ['message-id', 'date', 'subject', 'from'],
      },
      { uid: true },
    ),
  );
  const wanted = new Map<number, FetchMessageObject>();
  for (const glance of glances) {
    const where = `UID ${glance.uid}`;
    const { envelope } = readMessage(withCrlf(glance.headers ?? Buffer.alloc(0)));
    if ((glance.size ?? 0) > messageMaxBytes)
      yield { kind: 'damaged', where, problem: 'It is larger than any message.' };
    else if (isWanted({ envelope, sizeBytes: glance.size ?? 0 })) wanted.set(glance.uid, glance);
    else yield { kind: 'skipped' };
  }
  if (wanted.size > 0) {
    const bodies = client.fetch(
      [...wanted.keys()].join(','),
      { uid: true, source: true },
      { uid: true },
    );
    try {
      for await (const { uid, source } of bodies) {
        const glance = wanted.get(uid);
        if (glance === undefined || source === undefined) continue;
        wanted.delete(uid);
        yield {
          kind: 'message',
          where: `UID ${uid}`,
          bytes: withCrlf(source),
          flags: [...(glance.flags ?? [])],
          receivedAtMs: new Date(glance.internalDate ?? Date.now()).getTime(),
        };
        await nextTurn();
      }
    } catch (cause) {
      throw translated(host, cause);
    }
  }
  for (const uid of wanted.keys())
    yield { kind: 'damaged', where: `UID ${uid}`, problem: 'The other server did not give it.' };
  const last = uids.at(-1);
  if (last !== undefined) yield { kind: 'skipped', mark: last };
}

const uses: Readonly<Record<string, SpecialUse>> = {
  '\\All': 'all',
  '\\Archive': 'archive',
  '\\Drafts': 'drafts',
  '\\Flagged': 'flagged',
  '\\Junk': 'junk',
  '\\Sent': 'sent',
  '\\Trash': 'trash',
};

function folderOf({ path, delimiter, specialUse, subscribed }: ListResponse): SourceFolder {
  const levels = delimiter === '' ? [path] : path.split(delimiter);
  const name = levels.map((level) => level.replaceAll('/', '-').normalize('NFC')).join('/');
  const use = uses[specialUse ?? ''];
  return {
    name: name.toUpperCase() === 'INBOX' ? 'INBOX' : name,
    place: path,
    isSubscribed: subscribed,
    ...(use === undefined ? {} : { specialUse: use }),
  };
}

async function asked<T>(host: string, question: () => Promise<T>): Promise<T> {
  try {
    return await question();
  } catch (cause) {
    throw translated(host, cause);
  }
}

function translated(host: string, cause: unknown): TransferError {
  if (cause instanceof TransferError) return cause;
  return new TransferError(codeOf(cause), { about: host, cause });
}

function codeOf(cause: unknown): TransferFailureCode {
  if (!(cause instanceof Error)) return 'SOURCE_UNREACHABLE';
  if ('authenticationFailed' in cause && cause.authenticationFailed === true)
    return 'SOURCE_LOGIN_REFUSED';
  // Node's codes for chains that lead nowhere, names that differ and times that are over.
  const code = 'code' in cause ? String(cause.code) : '';
  return /CERT|ERR_TLS|UNABLE_TO_(VERIFY|GET_ISSUER)/.test(code)
    ? 'SOURCE_NOT_TRUSTED'
    : 'SOURCE_UNREACHABLE';
}
