// What the outage log remembers on a real disk.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { systemClock } from '@restante/runtime';
import { domainHold, openOutageLog, operatorHold, redisAway } from '../src/index.ts';

const dayMs = 86_400_000;
const hop = { route: 'peer:us', domain: 'us.test' };
let dir: string;
let nowMs: number;
const clock = { ...systemClock, now: () => nowMs };

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'restante-outages-'));
  nowMs = Date.UTC(2026, 10, 1);
});
afterEach(async () => rm(dir, { recursive: true, force: true }));

const open = async () => openOutageLog({ dir, clock, keepMs: 30 * dayMs, heartbeatMs: 1000 });

for (const key of [hop.route, operatorHold(hop.route), domainHold(hop.domain), redisAway]) {
  test(`six days of "${key}" do not age the mail that waits for it, a restart in between neither (law 8)`, async () => {
    const sinceMs = nowMs;
    {
      await using log = await open();
      log.begin(key, nowMs);
    }
    nowMs += 3 * dayMs;
    await using log = await open();
    assert.deepEqual(log.open(), [key]);
    nowMs += 3 * dayMs;
    log.end(key);
    assert.equal(nowMs - sinceMs - log.awayMs(hop, sinceMs, nowMs), 0);
  });
}

test('another domain on a route ages although one of its domains is held', async () => {
  await using log = await open();
  log.begin(domainHold('other.test'), nowMs);
  log.begin(operatorHold('internet'), nowMs);
  assert.equal(log.awayMs(hop, nowMs, nowMs + 1000), 0);
});

test('a process that was frozen for a day, or a clock set forward, ages no mail', async () => {
  await using log = await open();
  const sinceMs = nowMs;
  nowMs += dayMs;
  assert.equal(log.awayMs(hop, sinceMs, nowMs), dayMs);
});
