// What the nodes of a site tell each other through its Redis: how often each address named somebody unknown, and who is blocked.
//
// - Counts: a key for each address and window, gone by itself. Sent in batches some moments after they were made.
// - Blocks: a stream of "subject until-when, by whom". Every node reads what is new several times a second, and all of it when it
//   starts. Reading it again changes nothing.
// Nobody waits for any of this. What Redis did not take of the counts is gone (each node still has its own), blocks are told again.
import type { Clock, RedisCaller } from '@restante/runtime';
import { answerWithin } from '../answer-within.ts';
import { blockFields, newsIn } from './block-stream.ts';
import type { HarvestBlock } from './harvest-guard.ts';

export interface SiteCountsOptions {
  readonly redis: RedisCaller;
  readonly prefix: string;
  readonly site: string;
  readonly windowMs: number;
  readonly clock: Pick<Clock, 'now'>;
  onCount(key: string, count: number): void;
  onBlock(block: HarvestBlock): void;
  onUnblock(subject: string): void;
  readonly onRedis?: ((cause: unknown) => void) | undefined;
}

export interface SiteCounts extends AsyncDisposable {
  counted(key: string): void;
  blocked(block: HarvestBlock): void;
  unblocked(subject: string): void;
}

const everyMs = 200;
const answerMaxMs = 2000;
const keysMax = 20_000;
const keysPerCall = 500;
const tellingsMax = 10_000;
const entriesPerRead = 1000;
const streamMax = 20_000;
const streamKeptMs = 86_400_000;

// A key of this window and one of the window before for each address; the older one counts by the part of it that is still within, as
// in this process.
const countScript = `
local counts = {}
for index = 1, #KEYS, 2 do
  local count = redis.call('INCRBY', KEYS[index], ARGV[2 + (index + 1) / 2])
  redis.call('PEXPIRE', KEYS[index], ARGV[1] * 2)
  local older = tonumber(redis.call('GET', KEYS[index + 1]) or '') or 0
  counts[#counts + 1] = math.floor(count + older * ARGV[2])
end
return counts`;

export function shareCounts(options: SiteCountsOptions): SiteCounts {
  const { redis, prefix, site, windowMs, clock } = options;
  const countKeys = (key: string): readonly string[] => {
    const bucket = Math.floor(clock.now() / windowMs);
    return [bucket, bucket - 1].map((each) => `${prefix}harvest:unknown:${key} ${each}`);
  };
  const streamKey = `${prefix}harvest:blocks`;
  let counts = new Map<string, number>();
  /** Subject -> what to say about it; the last word is enough. */
  const tellings = new Map<string, HarvestBlock | undefined>();
  let lastId = '-';
  let wasAnswered = true;
  let running: Promise<void> | undefined;

  const call = async (command: string, ...parameters: (string | number)[]): Promise<unknown> => {
    const answer = await answerWithin(redis.call(command, ...parameters), answerMaxMs);
    if (answer.kind === 'none') throw answer.cause;
    return answer.value;
  };
  const sendCounts = async () => {
    const batch = [...counts];
    counts = new Map();
    for (let at = 0; at < batch.length; at += keysPerCall) {
      const some = batch.slice(at, at + keysPerCall);
      const weight = 1 - (clock.now() % windowMs) / windowMs;
      const keys = some.flatMap(([key]) => countKeys(key));
      const numbers = some.map(([, count]) => count);
      const given = [keys.length, ...keys, windowMs, weight, ...numbers];
      const sums = await call('EVAL', countScript, ...given);
      if (Array.isArray(sums))
        for (const [index, [key]] of some.entries()) options.onCount(key, Number(sums[index]) || 0);
    }
  };
  const sendTellings = async () => {
    for (const [subject, block] of tellings) {
      const fields = blockFields(subject, block, site);
      // After the block, or when it was let go, everybody begins at nothing.
      await call('DEL', ...countKeys(subject));
      await call('XADD', streamKey, 'MAXLEN', '~', streamMax, '*', ...fields);
      // Something newer may have been said meanwhile.
      if (tellings.get(subject) === block) tellings.delete(subject);
    }
  };
  const readNews = async () => {
    for (;;) {
      const start = lastId === '-' ? '-' : `(${lastId}`;
      const rows = await call('XRANGE', streamKey, start, '+', 'COUNT', entriesPerRead);
      const news = newsIn(rows, site);
      for (const { subject, block } of news.told) {
        if (tellings.has(subject)) continue; // We know better, and are about to say so.
        if (block === undefined) options.onUnblock(subject);
        else options.onBlock(block);
      }
      if (news.lastId === undefined) return;
      lastId = news.lastId;
      if (news.rows < entriesPerRead) return;
    }
  };
  const run = async () => {
    try {
      if (counts.size > 0) await sendCounts();
      if (tellings.size > 0) {
        await sendTellings();
        await call('XTRIM', streamKey, 'MINID', '~', Math.floor(clock.now() - streamKeptMs));
      }
      await readNews();
      if (!wasAnswered) options.onRedis?.(undefined);
      wasAnswered = true;
    } catch (cause) {
      // Every node goes on by itself; told once per outage.
      if (wasAnswered) options.onRedis?.(cause);
      wasAnswered = false;
    }
  };
  const tick = () => {
    running ??= run().finally(() => {
      running = undefined;
    });
  };
  const timer = setInterval(tick, everyMs).unref();
  tick();

  return {
    counted(key) {
      if (counts.size < keysMax || counts.has(key)) counts.set(key, (counts.get(key) ?? 0) + 1);
    },
    blocked: (block) => tell(tellings, block.subject, block),
    unblocked: (subject) => tell(tellings, subject, undefined),
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await running;
      await run();
    },
  };
}

function tell(
  tellings: Map<string, HarvestBlock | undefined>,
  subject: string,
  block: HarvestBlock | undefined,
): void {
  tellings.delete(subject);
  tellings.set(subject, block);
  if (tellings.size <= tellingsMax) return;
  for (const [first] of tellings) {
    tellings.delete(first);
    return;
  }
}
