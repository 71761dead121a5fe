// Reads everything there is, every byte of every body, and says what is wrong. Changes nothing.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { SpoolBody } from '../spool.ts';
import { openReadOnly } from './read-only-spool.ts';
import type { SegmentRead } from './read-only-spool.ts';

export type CheckStep =
  | ({ readonly kind: 'segment' } & SegmentRead)
  | { readonly kind: 'progress'; readonly checked: number; readonly messages: number }
  | { readonly kind: 'problem'; readonly id: string; readonly problem: string }
  | {
      readonly kind: 'summary';
      readonly messages: number;
      readonly held: number;
      readonly sizeBytes: number;
      readonly segments: number;
      readonly problems: number;
      /** Files that earlier starts set aside. */
      readonly setAside: number;
      /** A node was running meanwhile: what it released during the check may look like a problem. */
      readonly isLive: boolean;
    };

const progressEvery = 1000;

/** Steps come as they are found; the last one is the summary. */
export async function* checkSpool(dir: string): AsyncGenerator<CheckStep> {
  using spool = await openReadOnly(dir);
  let problems = 0;
  for await (const read of spool.load()) {
    problems += read.problems.length;
    yield { kind: 'segment', ...read };
  }
  const { catalog, reader } = spool;
  let checked = 0;
  for (const entry of catalog.entries()) {
    const problem = await reader.readWithBody(entry).then(
      async ({ body }) => await problemOf(body),
      (error: unknown) => String(error),
    );
    checked += 1;
    if (problem !== undefined) {
      problems += 1;
      yield { kind: 'problem', id: entry.id, problem };
    }
    if (checked % progressEvery === 0) yield { kind: 'progress', checked, messages: catalog.size };
  }
  const setAside = (await readdir(join(dir, 'corrupt'))).length;
  const { size: messages, held, sizeBytes } = catalog;
  const segments = spool.segments.segments.size;
  yield {
    kind: 'summary',
    messages,
    held,
    sizeBytes,
    segments,
    problems,
    setAside,
    isLive: spool.isLive,
  };
}

async function problemOf(body: SpoolBody): Promise<string | undefined> {
  if (body.kind === 'bytes') return undefined; // Its checksum was compared while reading.
  try {
    for await (const _ of body.open());
    return undefined;
  } catch (error) {
    return String(error);
  }
}
