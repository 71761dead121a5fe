// A Maildir to import from: Maildir++ (".Sent", ".Sent.2024") and plain nested directories, with Dovecot's keywords and subscriptions.
//
// Messages that Dovecot compressed (gzip, zstd) are unfolded. Links are not followed below the root: the tree may belong to somebody
// who wishes to read other people's files through us.
import { constants } from 'node:fs';
import { open, readdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { TransferError } from '../errors.ts';
import { withCrlf } from '../line-ends.ts';
import type { MailSource, SourceFolder, SourceItem } from '../mail-source.ts';
import { flagsOfName, parseKeywords } from './flag-letters.ts';
import { decodeFolderName } from './modified-utf7.ts';

/** Longer ones are told as damaged: no mail system of this world takes them. */
export const messageMaxBytes = 256 * 1024 * 1024;
const depthMax = 20;

export async function openMaildirSource(path: string): Promise<MailSource> {
  const root = await realpath(path).catch((cause: unknown) => {
    throw new TransferError('SOURCE_UNREADABLE', { about: path, cause });
  });
  const folders = await findFolders(root);
  if (folders.length === 0)
    throw new TransferError('PLACE_INVALID', { about: `${path} has no "cur" and no "new" in it` });
  const subscribed = await subscriptionsOf(root);
  return {
    folders: async () =>
      folders.map(({ name, place }) => ({ name, place, isSubscribed: subscribed.has(name) })),
    messages: ({ place }: SourceFolder) => messagesIn(place),
    [Symbol.asyncDispose]: async () => undefined,
  };
}

interface Found {
  readonly name: string;
  readonly place: string;
}

async function findFolders(root: string): Promise<readonly Found[]> {
  const found: Found[] = [];
  const walk = async (dir: string, name: string, depth: number): Promise<void> => {
    const inside = await directoriesIn(dir);
    if (inside.includes('cur') || inside.includes('new'))
      found.push({ name: name === '' ? 'INBOX' : name, place: dir });
    for (const each of inside) {
      if (['cur', 'new', 'tmp'].includes(each) || each === '.' || each === '..') continue;
      const isDotted = each.startsWith('.');
      // Maildir++ keeps all folders beside each other, their levels are in the name.
      if (isDotted && depth > 0) continue;
      const levels = isDotted ? each.slice(1).split('.') : [each];
      const own = levels.map(levelName).join('/');
      if (depth < depthMax)
        await walk(join(dir, each), name === '' ? own : `${name}/${own}`, depth + 1);
    }
  };
  await walk(root, '', 0);
  return found;
}

/** With what Dovecot's listescape plugin wrote for signs that part levels; "/" does that here. */
function levelName(level: string): string {
  const plain = decodeFolderName(level).replaceAll(/\\([0-9a-f]{2})/g, (_, hex: string) =>
    String.fromCodePoint(Number.parseInt(hex, 16)),
  );
  return plain.replaceAll('/', '-');
}

async function directoriesIn(dir: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(dir, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .toSorted();
  } catch (cause) {
    throw new TransferError('SOURCE_UNREADABLE', { about: dir, cause });
  }
}

async function subscriptionsOf(root: string): Promise<ReadonlySet<string>> {
  const text = await smallText(join(root, 'subscriptions'));
  const lines = text.split('\n').map((line) => line.trimEnd());
  // "V\t2": levels are apart by tabs; before that the server's own sign was written.
  const names = text.startsWith('V\t2')
    ? lines.slice(2).map((line) => line.split('\t').map(levelName).join('/'))
    : lines.map((line) => line.split('.').map(levelName).join('/'));
  return new Set(names.filter((name) => name !== ''));
}

async function* messagesIn(place: string): AsyncIterable<SourceItem> {
  const keywords = parseKeywords(await smallText(join(place, 'dovecot-keywords')));
  const names = [...(await namesIn(place, 'cur')), ...(await namesIn(place, 'new'))];
  const uids = await uidsOf(place);
  for (const { dir, name } of names.toSorted((one, other) => byUidOrAge(uids, one, other))) {
    const where = `${dir}/${name}`;
    try {
      const { bytes, receivedAtMs } = await readMessageFile(join(place, dir, name));
      const flags = flagsOfName(name, keywords);
      yield { kind: 'message', where, bytes: withCrlf(bytes), flags, receivedAtMs };
    } catch (cause) {
      const problem = cause instanceof Error ? cause.message : String(cause);
      yield { kind: 'damaged', where, problem };
    }
  }
}

interface Name {
  readonly dir: string;
  readonly name: string;
}

/** As IMAP showed them, where there is Dovecot's list; otherwise by delivery: names begin with the second they were given. */
function byUidOrAge(uids: ReadonlyMap<string, number>, one: Name, other: Name): number {
  const [left, right] = [uids.get(baseOf(one)), uids.get(baseOf(other))];
  if (left !== undefined && right !== undefined) return left - right;
  if (left !== undefined || right !== undefined) return left === undefined ? 1 : -1;
  const age = Number.parseInt(one.name, 10) - Number.parseInt(other.name, 10);
  return age || (one.name < other.name ? -1 : 1);
}

function baseOf({ name }: Name): string {
  return name.split(':', 1)[0] ?? name;
}

/** Lines of dovecot-uidlist (version 3): "17 W1234 :1700000000.M1P2.host". */
async function uidsOf(place: string): Promise<ReadonlyMap<string, number>> {
  const text = await smallText(join(place, 'dovecot-uidlist'));
  if (!text.startsWith('3 ')) return new Map();
  return new Map(
    text.split('\n').flatMap((line) => {
      const [, uid, name = ''] = /^(\d+)[^:]* :([^:]+)/.exec(line) ?? [];
      return uid === undefined ? [] : [[name, Number(uid)] as const];
    }),
  );
}

async function namesIn(place: string, dir: string): Promise<readonly Name[]> {
  const names = await readdir(join(place, dir)).catch(() => []); // A folder may have only one of the two.
  return names.filter((name) => !name.startsWith('.')).map((name) => ({ dir, name }));
}

/** What programs write beside the mail; empty when it is not there, or nothing to be read: the mail counts for more. */
async function smallText(path: string): Promise<string> {
  const found = await readMessageFile(path).catch(() => undefined);
  return found?.bytes.toString('utf8') ?? '';
}

/** A link is not followed, and a pipe that somebody put there is not waited for. */
async function readMessageFile(
  path: string,
): Promise<{ readonly bytes: Buffer; readonly receivedAtMs: number }> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stat = await file.stat();
    if (!stat.isFile()) throw new Error('It is not a file.');
    if (stat.size > messageMaxBytes) throw new Error('It is larger than any message.');
    // Dovecot keeps INTERNALDATE in the time of the file.
    return { bytes: unfolded(await file.readFile()), receivedAtMs: Math.floor(stat.mtimeMs) };
  } finally {
    await file.close();
  }
}

function unfolded(bytes: Buffer): Buffer {
  const limit = { maxOutputLength: messageMaxBytes };
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return gunzipSync(bytes, limit);
  if (bytes.length >= 4 && bytes.readUInt32LE(0) === 0xfd2fb528)
    return zstdDecompressSync(bytes, limit);
  return bytes;
}
