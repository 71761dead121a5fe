// Compares what a process said with what a spool directory holds afterwards.
import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import type { RestanteEvent } from '@restante/mail-model';
import { openSpool } from '../src/index.ts';
import { testSpoolOptions } from '../src/testing.ts';
import { bodyOf, facts, store } from './test-mail.ts';

export interface Promised {
  /** Acknowledged ids with their SHA-256. */
  readonly stored: ReadonlyMap<string, string>;
  readonly finished: ReadonlySet<string>;
  /** About to be finished; may be there or not. */
  readonly finishing: ReadonlySet<string>;
  /** Ids whose commit or finish failed and said so, with the code. */
  readonly refused: ReadonlyMap<string, string>;
}

export function readPromises(output: string): Promised {
  const stored = new Map<string, string>();
  const finished = new Set<string>();
  const finishing = new Set<string>();
  const refused = new Map<string, string>();
  // The last line may be cut short by the kill; it was not heard.
  for (const line of output.slice(0, output.lastIndexOf('\n') + 1).split('\n')) {
    const [first = '', second = '', third = ''] = line.split(' ');
    if (first === 'done') finished.add(second);
    else if (first === 'finishing') finishing.add(second);
    else if (first === 'refused') refused.set(third, second);
    else if (first.startsWith('m')) stored.set(first, second);
  }
  return { stored, finished, finishing, refused };
}

/** Every acknowledged message is there and whole, or finished; nothing finished is back; whatever else is there is whole; and mail is accepted again. */
export async function assertPromisesKept(
  dir: string,
  { stored, finished, finishing, refused }: Promised,
): Promise<RestanteEvent[]> {
  const events: RestanteEvent[] = [];
  await using spool = await openSpool({
    ...testSpoolOptions(dir),
    onEvent: (event) => void events.push(event),
  });
  await store(spool, facts()).then(async ({ id }) => await spool.finish(id, []));
  await spool.loaded;
  for (const [id, sha256] of stored) {
    if (finished.has(id)) assert.equal(spool.has(id), false, `${id} was finished and is back`);
    else if (spool.has(id))
      assert.equal(
        hash('sha256', await bodyOf(spool, id), 'base64url'),
        sha256,
        `${id} is not what was sent`,
      );
    else assert.ok(finishing.has(id), `${id} was acknowledged and is lost`);
  }
  for (const id of refused.keys()) {
    if (!stored.has(id))
      assert.equal(spool.has(id), false, `${id} was refused and is here all the same`);
  }
  for (const { id } of spool.list()) {
    const message = await spool.read(id);
    const bytes = await bodyOf(spool, id);
    assert.equal(bytes.length, message?.sizeBytes, `${id} is there but not whole`);
    if (message?.sha256 !== undefined)
      assert.equal(hash('sha256', bytes, 'base64url'), message.sha256, `${id} is another message`);
  }
  assert.deepEqual(
    events.filter(({ name }) => name === 'spool.corrupt'),
    [],
  );
  return events;
}
