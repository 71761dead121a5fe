// Writes every held message as <id>.eml (its bytes) and <id>.json (envelope, origin, outcomes), for tools that are not ours.
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '@restante/runtime';
import type { SpoolBody } from '../spool.ts';
import { readWholeSpool } from './read-only-spool.ts';

export interface ExportStep {
  readonly id: string;
  readonly done: number;
  readonly messages: number;
  /** Why this one could not be written; the others are. */
  readonly problem?: string;
}

/** One step a message. The target is made when it is missing; existing files are not overwritten but reported. */
export async function* exportSpool(dir: string, target: string): AsyncGenerator<ExportStep> {
  using spool = await readWholeSpool(dir);
  await mkdir(target, { recursive: true, mode: 0o700 });
  const { size: messages } = spool.catalog;
  let done = 0;
  for (const entry of spool.catalog.entries()) {
    done += 1;
    try {
      const { message, body } = await spool.reader.readWithBody(entry);
      const facts = {
        ...message,
        outcomes: [...message.outcomes.values()],
        exportedAtMs: systemClock.now(),
      };
      await writeNew(join(target, `${entry.id}.eml`), piecesOf(body));
      await writeNew(join(target, `${entry.id}.json`), [
        Buffer.from(`${JSON.stringify(facts, undefined, 2)}\n`),
      ]);
      yield { id: entry.id, done, messages };
    } catch (error) {
      yield { id: entry.id, done, messages, problem: String(error) };
    }
  }
}

async function writeNew(
  path: string,
  pieces: AsyncIterable<Buffer> | Iterable<Buffer>,
): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    for await (const piece of pieces) await file.write(piece);
    await file.sync();
  } finally {
    await file.close();
  }
}

function piecesOf(body: SpoolBody): AsyncIterable<Buffer> | Iterable<Buffer> {
  return body.kind === 'bytes' ? [body.bytes] : body.open();
}
