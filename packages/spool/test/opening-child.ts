// Opens a spool with a backlog, accepts one message at once, and prints how long that took and what the backlog costs in memory.
import { openSpool } from '../src/index.ts';
import { testSpoolOptions } from '../src/testing.ts';
import { facts, store } from './test-mail.ts';

const [dir = ''] = process.argv.slice(2);
const usedBytes = (): number => {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

const beforeBytes = usedBytes();
const startedAtMs = performance.now();
const since = (): number => Math.round(performance.now() - startedAtMs);
const spool = await openSpool(testSpoolOptions(dir));
const openMs = since();
await store(spool, facts());
const firstCommitMs = since();
await spool.loaded;
const loadedMs = since();
const rssMiB = Math.round(process.memoryUsage().rss / 1024 / 1024);
const { messages } = spool.stats();
const bytesPerMessage = Math.round((usedBytes() - beforeBytes) / messages);
process.stdout.write(
  `${JSON.stringify({ openMs, firstCommitMs, loadedMs, messages, bytesPerMessage, rssMiB })}\n`,
);
await spool[Symbol.asyncDispose]();
