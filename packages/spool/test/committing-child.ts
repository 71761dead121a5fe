// A process to kill: opens the spool, commits without end on several lines at once, and prints "id sha256" for each message only after it was
// acknowledged. Some messages are large, some are finished ("finishing id" before, "done id" when that is durable).
import { hash, randomBytes } from 'node:crypto';
import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { openSpool, SpoolError } from '../src/index.ts';
import { testSpoolOptions } from '../src/testing.ts';
import { delivered, facts, store } from './test-mail.ts';

const [dir = '', lines = '8', limit = '1000000'] = process.argv.slice(2);
const spool = await openSpool({
  ...testSpoolOptions(dir),
  smallMessageMaxBytes: 16 * 1024,
  segmentMaxBytes: 256 * 1024,
});
writeSync(1, 'open\n');
let left = Number(limit);

async function commitWithoutEnd(line: number): Promise<void> {
  for (let nth = 0; left > 0; nth += 1) {
    left -= 1;
    const of = facts();
    try {
      const bytes = randomBytes(nth % 10 === 9 ? 40_000 : 100 + nth);
      const { id } = await store(spool, of, bytes);
      writeSync(1, `${id} ${hash('sha256', bytes, 'base64url')}\n`);
      if ((nth + line) % 3 !== 0) continue;
      writeSync(1, `finishing ${id}\n`);
      await spool.finish(id, [delivered('ana@example.test')]);
      writeSync(1, `done ${id}\n`);
    } catch (error) {
      if (error instanceof SpoolError && error.code === 'SPOOL_FULL') {
        // What the edge says 452 for: the client comes back.
        left += 1;
        await sleep(50);
        continue;
      }
      writeSync(
        1,
        `refused ${error instanceof Error && 'code' in error ? String(error.code) : String(error)} ${of.messageId}\n`,
      );
    }
  }
}

await Promise.all(
  Array.from({ length: Number(lines) }, async (_, line) => await commitWithoutEnd(line)),
);
await spool[Symbol.asyncDispose]();
writeSync(1, 'closed\n');
