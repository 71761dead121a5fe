// The watch across restarts, with a damaged memory, and when it is told more than it can take.
import assert from 'node:assert/strict';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Clock, systemClock } from '@restante/runtime';
import { createSendingWatch, type Suspicion, type WatchSettings } from '../src/index.ts';
import { dayMs, watchSettings } from './watched-site.ts';

const account = 'ana@here.test';
const friends = Array.from({ length: 60 }, (_, index) => `friend${index}@far.test`);

function open(dir: string | undefined, settings: Partial<WatchSettings> = {}) {
  const suspicions: Suspicion[] = [];
  const troubles: string[] = [];
  const time = { behindMs: 0 };
  const clock: Clock = { ...systemClock, now: () => Date.now() - time.behindMs };
  const watch = createSendingWatch({
    settings: { ...watchSettings, ...settings },
    clock,
    ...(dir !== undefined && { dir }),
    onSuspicion: (suspicion) => void suspicions.push(suspicion),
    onTrouble: (what) => void troubles.push(what),
  });
  const send = (recipients: readonly string[], clientAddress = '192.0.2.1', id = 'm1') =>
    watch.note({ id, account, recipients, clientAddress, helo: 'laptop' });
  return { watch, send, suspicions, troubles, time };
}

async function withDirectory(work: (dir: string) => Promise<void>): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'watch-'));
  try {
    await work(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

test('what is usual outlives a restart, in a private file', async () => {
  await withDirectory(async (dir) => {
    const before = open(dir);
    before.time.behindMs = 20 * dayMs;
    before.send(friends);
    await before.watch.settled();
    await before.watch[Symbol.asyncDispose]();
    assert.equal((await stat(join(dir, 'sending-1.sqlite'))).mode & 0o777, 0o600);
    const after = open(dir);
    after.send(friends);
    after.send(friends.slice(0, 1), '198.51.100.1');
    await after.watch.settled();
    const { findings } = await after.watch.explain(account);
    assert.deepEqual(
      findings.map(({ signal }) => signal),
      ['new-network'],
    );
    after.watch.forget(account);
    assert.deepEqual((await after.watch.explain(account)).findings, []);
    await after.watch[Symbol.asyncDispose]();
  });
});

test('a damaged memory costs what was learned, is said, and suspends nobody', async () => {
  await withDirectory(async (dir) => {
    await writeFile(join(dir, 'sending-1.sqlite'), 'this is no database'.repeat(500));
    const { watch, send, suspicions, troubles } = open(dir);
    send(friends);
    await watch.settled();
    assert.equal(troubles.length, 1);
    assert.deepEqual(suspicions, []);
    await watch[Symbol.asyncDispose]();
  });
});

test('refusals are joined to their sender by the id of the message; the same suspicion is raised once', async () => {
  const { watch, send, suspicions } = open(undefined);
  send(friends, '192.0.2.1', 'mine');
  const event = { route: 'internet', by: 'mx', reply: '550 5.1.1 no' } as const;
  for (let index = 0; index < 40; index += 1) {
    watch.noteEvent({ ...event, name: 'message.rejected', id: 'mine', recipient: `r${index}` });
    watch.noteEvent({ ...event, name: 'message.rejected', id: 'of somebody else', recipient: 'r' });
  }
  await watch.settled();
  assert.deepEqual(
    suspicions.map(({ action, points }) => [action, points]),
    [['notify', 70]],
  );
  for (let times = 0; times < 3; times += 1) watch.noteSpam(account);
  await watch.settled();
  assert.deepEqual(
    suspicions.map(({ action }) => action),
    ['notify', 'suspend'],
  );
  await watch.pardon(account);
  assert.equal((await watch.explain(account)).points, 0);
  await watch[Symbol.asyncDispose]();
});

test('a scanner is asked about who is unusual already, and its silence is no verdict', async () => {
  const asked: string[] = [];
  const suspicions: Suspicion[] = [];
  const watch = createSendingWatch({
    settings: watchSettings,
    clock: systemClock,
    onSuspicion: (suspicion) => void suspicions.push(suspicion),
    isDefiniteSpam: async (id) => {
      asked.push(id);
      if (id === 'm2') throw new Error('down');
      return id === 'm3';
    },
  });
  const facts = { account, clientAddress: '192.0.2.1', helo: 'x' };
  watch.note({ ...facts, id: 'm1', recipients: friends.slice(0, 5) });
  await watch.settled();
  for (const id of ['m2', 'm3']) {
    watch.note({ ...facts, id, recipients: Array.from({ length: 60 }, (_, at) => `${id}${at}`) });
    await watch.settled();
    await new Promise((resolve) => setImmediate(resolve));
    await watch.settled();
  }
  assert.deepEqual(asked, ['m2', 'm3']);
  assert.equal(
    (await watch.explain(account)).findings.some(({ signal }) => signal === 'spam-score'),
    true,
  );
  await watch[Symbol.asyncDispose]();
});

test('"notify" stops nobody, "off" looks at nothing, a flood is bounded and costs the sender nothing', async () => {
  const gentle = open(undefined, { action: 'notify' });
  for (let times = 0; times < 3; times += 1) gentle.watch.noteSpam(account);
  await gentle.watch.settled();
  assert.deepEqual(
    gentle.suspicions.map(({ action }) => action),
    ['notify'],
  );
  const off = open(undefined, { action: 'off' });
  off.watch.noteSpam(account);
  await off.watch.settled();
  assert.deepEqual(off.suspicions, []);
  const flooded = open(undefined);
  const startedMs = performance.now();
  for (let index = 0; index < 100_000; index += 1) flooded.watch.noteUnknownRecipient(account);
  assert.ok(performance.now() - startedMs < 1_000);
  await flooded.watch.settled();
  for (const { watch } of [gentle, off, flooded]) await watch[Symbol.asyncDispose]();
});
