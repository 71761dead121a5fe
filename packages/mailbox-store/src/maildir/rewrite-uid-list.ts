// Makes dovecot-uidlist anew: first delivery, damage, an old version, or a sync that failed. The caller holds the lock.
//
// Good lines keep their UIDs. Numbers that may have stood in bytes we cannot read are skipped, because a client may have
// seen them. Without a readable header nothing old can be trusted: the list gets a new UIDVALIDITY (RFC 3501 §2.3.1.1: larger
// than any before) and every message on disk a new UID, oldest name first. The damaged file is kept beside it.
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { link, open, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Clock, syncDirectory } from '@restante/runtime';
import { MailboxStoreError } from '../errors.ts';
import { baseNameOf, keyOfName } from './file-name.ts';
import {
  formatHeader,
  formatRecord,
  parseHeader,
  parseLines,
  type UidListHeader,
  type UidRecord,
} from './uid-list-format.ts';

/** The shortest line there is; so many UIDs may have been in damaged bytes. */
const lineMinBytes = 8;

export interface RewriteRequest {
  readonly path: string;
  /** Base names that need a UID. */
  readonly names: readonly string[];
  readonly nextUidMin: number;
  /** A fresh list gets a UIDVALIDITY above this. */
  readonly uidValidityAfter: number;
  readonly namesOnDisk: () => Promise<readonly string[]>;
  readonly nextUidValidity: (atLeast: number) => Promise<number>;
  /** False for lines of messages that are gone. */
  readonly isKept: (uid: number, name: string) => boolean;
  readonly clock: Clock;
}

export async function rewriteUidList(request: RewriteRequest): Promise<void> {
  const { path } = request;
  const bytes = await readIfThere(path);
  const newline = bytes?.indexOf(0x0a) ?? -1;
  const parsed =
    bytes && newline >= 0 ? parseHeader(bytes.toString('latin1', 0, newline)) : undefined;
  const lines = bytes && parsed ? parseLines(bytes.subarray(newline + 1), parsed) : undefined;
  if (bytes && (parsed === undefined || lines?.damage !== undefined))
    await keepDamaged(path, request.clock.now());

  const names = parsed
    ? request.names
    : [...(await request.namesOnDisk()).map(baseNameOf).sort(), ...request.names];
  const header = parsed?.header ?? (await freshHeader(request));
  const found = lines?.records ?? [];
  const records = found.filter(({ uid, name }) => request.isKept(uid, baseNameOf(name)));
  const skipped =
    lines && lines.damagedBytes > 0 ? Math.ceil(lines.damagedBytes / lineMinBytes) : 0;
  const firstFree = Math.max(
    header.nextUid,
    (found.at(-1)?.uid ?? 0) + 1,
    parsed ? request.nextUidMin : 1,
  );
  const nextUid = addRecords(records, names, firstFree + skipped);
  await replace(path, {
    header: {
      ...header,
      nextUid,
      guid: header.guid === '' ? randomBytes(16).toString('hex') : header.guid,
    },
    records,
  });
}

/** Adds lines for names without one; gives the next free UID. */
function addRecords(records: UidRecord[], names: readonly string[], firstUid: number): number {
  const known = new Set(records.map(({ name }) => keyOfName(baseNameOf(name))));
  let uid = firstUid;
  for (const name of names) {
    const key = keyOfName(name);
    if (known.has(key)) continue;
    known.add(key);
    records.push({ uid, extensions: '', name });
    uid += 1;
  }
  return uid;
}

async function freshHeader(request: RewriteRequest): Promise<UidListHeader> {
  const seconds = Math.trunc(request.clock.now() / 1000);
  const uidValidity = await request.nextUidValidity(
    Math.max(seconds, request.uidValidityAfter + 1),
  );
  return { uidValidity, nextUid: 1, guid: '', others: '' };
}

async function replace(
  path: string,
  list: { readonly header: UidListHeader; readonly records: readonly UidRecord[] },
): Promise<void> {
  // Dovecot's own name for it: only one of us can be writing it, for both hold the lock.
  const temporary = join(dirname(path), 'dovecot-uidlist.tmp');
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW;
  const file = await open(temporary, flags, 0o600);
  try {
    await file.writeFile(
      formatHeader(list.header) + list.records.map(formatRecord).join(''),
      'latin1',
    );
    await file.sync();
  } catch (cause) {
    throw new MailboxStoreError('MAILBOX_NOT_DURABLE', { about: path, cause });
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  try {
    await syncDirectory(dirname(path));
  } catch (cause) {
    throw new MailboxStoreError('MAILBOX_NOT_DURABLE', { about: path, cause });
  }
}

async function keepDamaged(path: string, nowMs: number): Promise<void> {
  await link(path, `${path}.damaged-${nowMs}`).catch((cause: unknown) => {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')) throw cause; // The first copy is the one to keep.
  });
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path, { flag: constants.O_RDONLY | constants.O_NOFOLLOW });
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw cause;
  }
}
