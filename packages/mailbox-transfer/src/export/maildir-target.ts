// A Maildir++ to export to: flags in the names, keywords in dovecot-keywords, the date in the file's time.
//
// The name of a file follows from the message (when it came, and its id), so a second export finds what the first one wrote.
import { mkdir, open, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { syncDirectory, writeFileDurably } from '@restante/runtime';
import { TransferError } from '../errors.ts';
import { withLf } from '../line-ends.ts';
import { keywordsMax, lettersOfFlags, parseKeywords } from '../maildir/flag-letters.ts';
import { encodeFolderName } from '../maildir/modified-utf7.ts';
import type { ExportedMessage, MailTarget, TargetFolder } from './export-mailbox.ts';

export async function openMaildirTarget(path: string): Promise<MailTarget> {
  await make(path);
  return {
    folder: async (name, { keywords }) => {
      // Dots part the levels of Maildir++; one within a name is written as Dovecot's listescape plugin does.
      const levels = name
        .split('/')
        .map((level) => encodeFolderName(level).replaceAll('.', '\\2e'));
      const dir = name === 'INBOX' ? path : join(path, `.${levels.join('.')}`);
      return openFolder(dir, keywords);
    },
    subscribe: async (names) => {
      const lines = names.map((name) => name.split('/').map(escapedLevel).join('\t'));
      await writeFileDurably(join(path, 'subscriptions'), `V\t2\n\n${lines.join('\n')}\n`);
    },
  };
}

/** Dots part the levels of Maildir++; one within a name is written as Dovecot's listescape plugin does. */
function escapedLevel(level: string): string {
  return encodeFolderName(level).replaceAll('.', '\\2e');
}

async function openFolder(dir: string, keywords: readonly string[]): Promise<TargetFolder> {
  for (const each of [dir, join(dir, 'tmp'), join(dir, 'new'), join(dir, 'cur')]) await make(each);
  const letters = await keepKeywords(dir, keywords);
  const names = [...(await readdir(join(dir, 'cur'))), ...(await readdir(join(dir, 'new')))];
  const there = new Set(names.map((name) => name.split(':', 1)[0] ?? name));
  const finish = async () => syncDirectory(join(dir, 'cur'));
  return {
    async put(message) {
      const base = baseName(message);
      if (there.has(base)) return false;
      const bytes = withLf(message.bytes);
      const temporary = join(dir, 'tmp', base);
      await writeWhole(temporary, bytes, message.receivedAtMs);
      const info = lettersOfFlags(message.flags, letters);
      await rename(temporary, join(dir, 'cur', `${base}:2,${info}`));
      there.add(base);
      return true;
    },
    finish,
    [Symbol.asyncDispose]: finish,
  };
}

/** The numbers that are in use stay; ours come behind them, as far as there are letters. */
async function keepKeywords(dir: string, keywords: readonly string[]): Promise<readonly string[]> {
  const path = join(dir, 'dovecot-keywords');
  const before = parseKeywords(await readFile(path, 'utf8').catch(() => '')); // None yet.
  const all = Array.from(before, (keyword) => keyword ?? '');
  for (const keyword of keywords)
    if (!all.includes(keyword) && all.length < keywordsMax) all.push(keyword);
  const lines = all.flatMap((keyword, index) => (keyword === '' ? [] : [`${index} ${keyword}\n`]));
  if (lines.length > 0) await writeFile(path, lines.join(''), { mode: 0o600 });
  return all;
}

function baseName({ receivedAtMs, emailId, uid }: ExportedMessage): string {
  const id = emailId.replaceAll(/[^A-Za-z0-9]/g, '');
  // Readers sort by name: of the same second, the order here is the order there.
  return `${Math.floor(receivedAtMs / 1000)}.${String(uid).padStart(10, '0')}${id}.restante`;
}

async function writeWhole(path: string, bytes: Buffer, atMs: number): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    await file.writeFile(bytes);
    await file.utimes(atMs / 1000, atMs / 1000);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function make(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 }).catch((cause: unknown) => {
    throw new TransferError('TARGET_UNWRITABLE', { about: path, cause });
  });
}
