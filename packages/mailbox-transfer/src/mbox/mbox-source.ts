// One mbox file, which becomes INBOX, or a directory of them (Thunderbird's Mail, mutt's ~/Mail), each file a folder.
import { constants } from 'node:fs';
import { open, readdir, realpath, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { TransferError } from '../errors.ts';
import type { MailSource, SourceFolder, SourceItem } from '../mail-source.ts';
import { messageMaxBytes } from '../maildir/maildir-source.ts';
import { isFromLine } from './from-line.ts';
import { mboxMessage } from './mbox-message.ts';
import { splitMbox } from './split-mbox.ts';

const depthMax = 20;

export async function openMboxSource(path: string): Promise<MailSource> {
  const root = await realpath(path).catch((cause: unknown) => {
    throw new TransferError('SOURCE_UNREADABLE', { about: path, cause });
  });
  const isFile = (await stat(root)).isFile();
  const found = isFile ? [{ name: 'INBOX', place: root }] : await findFiles(root);
  if (found.length === 0 || (isFile && !(await isMbox(root))))
    throw new TransferError('PLACE_INVALID', { about: `${path} is no mbox and has none in it` });
  return {
    folders: async () => found.map((each) => ({ ...each, isSubscribed: true })),
    messages: ({ place }: SourceFolder) => messagesIn(place),
    [Symbol.asyncDispose]: async () => undefined,
  };
}

interface Found {
  readonly name: string;
  readonly place: string;
}

async function findFiles(root: string): Promise<readonly Found[]> {
  const found: Found[] = [];
  const walk = async (dir: string, above: string, depth: number): Promise<void> => {
    const entries = await readdir(dir, { withFileTypes: true });
    for (const entry of entries.toSorted((one, other) => (one.name < other.name ? -1 : 1))) {
      const place = join(dir, entry.name);
      // Thunderbird: the folders below "Work" are in "Work.sbd"; other programs end a file with ".mbox".
      const bare = plainName(entry.name.replace(/\.(sbd|mbox|mbx)$/i, '').normalize('NFC'));
      const name = /^inbox$/i.test(bare) && above === '' ? 'INBOX' : `${above}${bare}`;
      if (entry.isDirectory() && !entry.name.startsWith('.') && depth < depthMax)
        await walk(place, `${name}/`, depth + 1);
      if (entry.isFile() && !entry.name.startsWith('.') && (await isMbox(place)))
        found.push({ name, place });
    }
  };
  await walk(root, '', 0);
  return found;
}

/** Our own exports write what may not stand in the name of a file like this. */
function plainName(name: string): string {
  return name.replaceAll(/%(?:25|2E|5C)/g, (sign) => decodeURIComponent(sign));
}

async function isMbox(path: string): Promise<boolean> {
  const file = await openFile(path).catch(() => undefined); // Not ours to read: not one of them.
  if (file === undefined) return false;
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(1100), 0, 1100, 0);
    const text = buffer.toString('latin1', 0, bytesRead).replace(/^[\r\n]+/, '');
    return isFromLine(text.split('\n', 1)[0]?.trimEnd() ?? '');
  } finally {
    await file.close();
  }
}

async function* messagesIn(path: string): AsyncIterable<SourceItem> {
  const file = await openFile(path);
  try {
    const { mtimeMs } = await file.stat();
    for await (const piece of splitMbox(file, { messageMaxBytes })) {
      const where = `byte ${piece.atByte}`;
      const { bytes } = piece;
      if (bytes === undefined) {
        yield { kind: 'damaged', where, problem: 'It is larger than any message.' };
        continue;
      }
      const message = mboxMessage({ ...piece, bytes });
      if (message === undefined) continue;
      yield {
        kind: 'message',
        where,
        bytes: message.bytes,
        flags: message.flags,
        receivedAtMs: message.receivedAtMs ?? Math.floor(mtimeMs),
      };
    }
  } finally {
    await file.close();
  }
}

async function openFile(path: string): Promise<FileHandle> {
  return open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
}
