// Puts a route's keys in order when somebody else wrote there (threat 31): whatever stands in Redis is untrusted.
//
// Only ever removes, and only what is not a job of ours on a list of ours. Removing is safe: the spool is the truth, and
// the reconciler adds again what should be there.
import type { Queue } from 'bullmq';
import { isSpoolId } from '@restante/mail-model';
import type { RedisClient } from './connections.ts';

/** The type each of BullMQ's keys of a queue must have where it exists. */
const keyTypes = {
  wait: 'list',
  paused: 'list',
  active: 'list',
  delayed: 'zset',
  prioritized: 'zset',
  completed: 'zset',
  failed: 'zset',
  'waiting-children': 'zset',
  marker: 'zset',
  repeat: 'zset',
  stalled: 'set',
  meta: 'hash',
  events: 'stream',
  id: 'string',
  pc: 'string',
  limiter: 'string',
  'stalled-check': 'string',
} as const;

type QueueKey = keyof typeof keyTypes;
const queueKeys = Object.keys(keyTypes) as readonly QueueKey[];

/** Deletes the queue's own keys that hold something else, and settings that are not ours. Gives the keys' names. */
export async function removeForeignKeys(
  client: RedisClient,
  queue: Queue,
): Promise<readonly string[]> {
  const pipeline = client.pipeline();
  for (const key of queueKeys) pipeline.type(queue.toKey(key));
  const answers = (await pipeline.exec()) ?? [];
  const foreign = queueKeys.filter((key, index) => {
    const type = answers[index]?.[1];
    return typeof type === 'string' && type !== 'none' && type !== keyTypes[key];
  });
  for (const key of ['id', 'pc', 'limiter'] as const) {
    if (!foreign.includes(key) && !isCounter(await client.get(queue.toKey(key)))) foreign.push(key);
  }
  if (foreign.length > 0) await client.del(...foreign.map((key) => queue.toKey(key)));
  // Limits of BullMQ we never set; a foreign one would slow or stop the route.
  await client.hdel(queue.toKey('meta'), 'concurrency', 'max', 'duration');
  return foreign.map((key) => queue.toKey(key));
}

function isCounter(text: string | null): boolean {
  return text === null || /^[0-9]{1,15}$/.test(text);
}

/** Takes ids that cannot be ours off the lists. Gives those ids. */
export async function removeForeignIds(
  client: RedisClient,
  queue: Queue,
  ids: Iterable<string>,
): Promise<readonly string[]> {
  const foreign = [...ids].filter((id) => !isSpoolId(id));
  for (const id of foreign) await removeEverywhere(client, queue, id);
  return foreign;
}

/** One id off every list, its key and lock deleted, whatever they hold. */
export async function removeEverywhere(
  client: RedisClient,
  queue: Queue,
  id: string,
): Promise<void> {
  const pipeline = client.pipeline();
  pipeline.lrem(queue.toKey('wait'), 0, id);
  pipeline.lrem(queue.toKey('active'), 0, id);
  pipeline.zrem(queue.toKey('delayed'), id);
  pipeline.srem(queue.toKey('stalled'), id);
  // An id named like one of the queue's own keys must not take that key with it.
  if (id !== '' && !(id in keyTypes)) pipeline.del(queue.toKey(id), `${queue.toKey(id)}:lock`);
  await pipeline.exec();
}

/** Fields of a job that BullMQ's scripts count up: how often it was started, tried, found stalled. */
const countedFields = ['ats', 'atm', 'stc'] as const;

/** True when BullMQ can read this job: a hash whose JSON fields are JSON, and whose counters can be counted up. */
export async function isReadableJob(
  client: RedisClient,
  queue: Queue,
  id: string,
): Promise<boolean> {
  const key = queue.toKey(id);
  if ((await client.type(key)) !== 'hash') return false;
  const fields = await client.hmget(key, 'opts', 'progress', 'parent');
  if (!fields.every((text) => text === null || isJson(text))) return false;
  return (await client.hmget(key, ...countedFields)).every(isCounter);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    // Not JSON is an answer here, not a failure.
    return false;
  }
}

/** Deletes job keys that stand on no list. `known` are the ids on the lists; BullMQ checks each once more before it deletes. */
export async function removeOrphans(
  client: RedisClient,
  queue: Queue,
  known: ReadonlySet<string>,
): Promise<number> {
  const base = queue.toKey('');
  let removed = 0;
  for (const node of 'nodes' in client ? client.nodes('master') : [client]) {
    let cursor = '0';
    do {
      const [next, keys] = await node.scan(cursor, 'MATCH', `${escapeGlob(base)}m*`, 'COUNT', 2000);
      cursor = next;
      const orphans = keys
        .map((key) => key.slice(base.length))
        .filter((id) => isSpoolId(id) && !known.has(id));
      if (orphans.length > 0) removed += await deleteUnlisted(client, queue, orphans);
    } while (cursor !== '0');
  }
  return removed;
}

// Between the walk and now a job may have been added or moved: look again at the id itself before deleting. A job that is added
// in the moment between look and deletion is missed by the timetable until the reconciler's next round, never lost.
async function deleteUnlisted(
  client: RedisClient,
  queue: Queue,
  ids: readonly string[],
): Promise<number> {
  let removed = 0;
  for (const id of ids) {
    const answers = await client
      // All at one moment: a job on its way from active to delayed must not be seen on no list.
      .multi()
      .zscore(queue.toKey('delayed'), id)
      .lpos(queue.toKey('wait'), id)
      .lpos(queue.toKey('active'), id)
      .exec();
    const isListed = (answers ?? []).some(([, place]) => place !== null);
    if (isListed) continue;
    await client.del(queue.toKey(id), `${queue.toKey(id)}:lock`);
    removed += 1;
  }
  return removed;
}

function escapeGlob(text: string): string {
  return text.replaceAll(/[*?[\]\\]/g, '\\$&');
}
