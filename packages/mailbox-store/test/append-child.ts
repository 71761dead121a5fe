// A process that appends messages until it is told or killed. Every resolved append is reported before the next one begins.
//
//   node append-child.ts '{"dir": ..., "local": "ana", "prefix": "r1", "parallel": 4, "count": 100, "uid": 65534}'
// prints one JSON line per append: { "deliveryId", "uid", "sha256" }, or { "deliveryId", "failed": code }.
import { createHash } from 'node:crypto';
import { writeSync } from 'node:fs';
import { messageTo, openStore, randomBody } from './store-for-tests.ts';

interface Orders {
  readonly dir: string;
  readonly local: string;
  readonly prefix: string;
  readonly parallel: number;
  readonly count: number;
  readonly isJunk?: boolean;
  /** Whom to become first. */
  readonly uid?: number;
}

const orders = JSON.parse(process.argv[2] ?? '{}') as Orders;
if (orders.uid !== undefined) {
  process.setgroups?.([]);
  process.setgid?.(orders.uid);
  process.setuid?.(orders.uid);
}

const store = openStore(orders.dir);
let next = 0;

async function appendUntilDone(): Promise<void> {
  while (next < orders.count) {
    next += 1;
    const deliveryId = `${orders.prefix}-${next}`;
    const body = randomBody();
    const request = {
      ...messageTo(orders.local, deliveryId, body),
      isJunk: orders.isJunk === true,
    };
    try {
      const answer = await store.append(request);
      const sha256 = createHash('sha256').update(request.prefix).update(body).digest('hex');
      say({ deliveryId, sha256, ...answer });
    } catch (cause) {
      say({
        deliveryId,
        failed: cause instanceof Error && 'code' in cause ? cause.code : String(cause),
      });
    }
  }
}

/** Synchronous: a kill right behind it must not lose what was said. */
function say(line: object): void {
  writeSync(1, `${JSON.stringify(line)}\n`);
}

await Promise.all(Array.from({ length: orders.parallel }, () => appendUntilDone()));
await store[Symbol.asyncDispose]();
