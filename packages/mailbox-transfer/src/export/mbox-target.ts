// A directory of mbox files (mboxrd), one for each folder: "Work/2024" is Work/2024.mbox. Flags are in Status, X-Status and X-Keywords.
//
// A file is written beside its name and renamed when it is whole.
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { headerEnd, readMessage, editHeader } from '@restante/mime';
import { syncDirectory } from '@restante/runtime';
import { TransferError } from '../errors.ts';
import { withLf } from '../line-ends.ts';
import { formatFromLine } from '../mbox/from-line.ts';
import { ownFields } from '../mbox/mbox-message.ts';
import type { ExportedMessage, MailTarget, TargetFolder } from './export-mailbox.ts';

export async function openMboxTarget(path: string): Promise<MailTarget> {
  return {
    folder: async (name) => {
      const file = join(path, `${name.split('/').map(safe).join('/')}.mbox`);
      await mkdir(dirname(file), { recursive: true, mode: 0o700 }).catch((cause: unknown) => {
        throw new TransferError('TARGET_UNWRITABLE', { about: dirname(file), cause });
      });
      return openFile(file);
    },
    subscribe: async () => undefined, // An mbox knows no subscriptions.
  };
}

async function openFile(path: string): Promise<TargetFolder> {
  const temporary = `${path}.part`;
  const file = await open(temporary, 'w', 0o600);
  let isWhole = false;
  return {
    async put(message) {
      await file.appendFile(mboxrdText(message));
      return true;
    },
    async finish() {
      await file.sync();
      await rename(temporary, path);
      await syncDirectory(dirname(path));
      isWhole = true;
    },
    async [Symbol.asyncDispose]() {
      await file.close();
      if (!isWhole) await rm(temporary, { force: true });
    },
  };
}

export function mboxrdText(message: ExportedMessage): Buffer {
  const plain = withLf(message.bytes);
  const { envelope } = readMessage(plain.subarray(0, headerEnd(plain)));
  const [from] = envelope.from;
  const sender = from?.mailbox === undefined ? '' : `${from.mailbox}@${from.domain ?? ''}`;
  const marked = editHeader(plain, { remove: ownFields, append: statusLines(message.flags) });
  const quoted = quotedFrom(marked);
  const end = quoted.at(-1) === 0x0a ? '\n' : '\n\n';
  return Buffer.concat([
    Buffer.from(`${formatFromLine(sender, message.receivedAtMs)}\n`),
    quoted,
    Buffer.from(end),
  ]);
}

function statusLines(flags: readonly string[]): string {
  const has = (flag: string, letter: string) => (flags.includes(flag) ? letter : '');
  const more =
    has('\\Answered', 'A') + has('\\Flagged', 'F') + has('\\Draft', 'T') + has('\\Deleted', 'D');
  const keywords = flags.filter((flag) => !flag.startsWith('\\'));
  return [
    `Status: ${has('\\Seen', 'R')}O\n`,
    more === '' ? '' : `X-Status: ${more}\n`,
    keywords.length === 0 ? '' : `X-Keywords: ${keywords.join(' ')}\n`,
  ].join('');
}

/** mboxrd: one ">" more before every "From " that begins a line, however many there are already. */
function quotedFrom(bytes: Buffer): Buffer {
  const pieces: Buffer[] = [];
  let kept = 0;
  for (let at = bytes.indexOf('From '); at >= 0; at = bytes.indexOf('From ', at + 5)) {
    let start = at;
    while (start > 0 && bytes[start - 1] === 0x3e) start -= 1;
    if (start > 0 && bytes[start - 1] !== 0x0a) continue;
    pieces.push(bytes.subarray(kept, start), Buffer.from('>'));
    kept = start;
  }
  pieces.push(bytes.subarray(kept));
  return pieces.length === 1 ? bytes : Buffer.concat(pieces);
}

/** A part of a path and nothing else; two names never become one, or the second folder would take the place of the first. */
function safe(level: string): string {
  return (
    level.replaceAll(/[%\0/\\]|^\./g, (sign) => encodeURIComponent(sign).replace('.', '%2E')) || '%'
  );
}
