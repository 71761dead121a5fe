// The offline tools on a real spool.
import assert from 'node:assert/strict';
import { appendFile, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { createMessageIdMaker } from '@restante/mail-model';
import { systemClock } from '@restante/runtime';
import { lockSpool, openSpool } from '@restante/spool';
import { run } from './in-process.ts';
import { serveCluster } from './served-cluster.ts';

const body = 'Subject: hello\r\n\r\nclear \u001b[2J screen\r\n';

async function fillSpool(dir: string): Promise<string> {
  await using spool = await openSpool({
    dir,
    site: 'us',
    smallMessageMaxBytes: 262_144,
    segmentMaxBytes: 16_777_216,
    freeFloorBytes: 0,
    freeFloorInodes: 0,
    rememberMs: 60_000,
    routesOf: () => ['peer:shanghai'],
    onEvent: () => undefined,
    clock: systemClock,
  });
  const writer = spool.begin({});
  await writer.write(Buffer.from(body));
  const messageId = createMessageIdMaker().next(Date.now());
  const commit = await writer.commit({
    messageId,
    envelope: {
      sender: '',
      recipients: [{ address: 'ana@shanghai.example' }],
      body: '8bitmime',
      smtpUtf8: false,
    },
    origin: {
      site: 'us',
      clientAddress: '192.0.2.1',
      helo: 'x',
      protocol: 'ESMTP',
      receivedAtMs: Date.now(),
    },
    verdict: { action: 'accept', reasons: [] },
    fingerprint: 'x',
    path: [],
  });
  assert.equal(commit.kind, 'stored');
  return messageId;
}

test('check, cat and export read a spool whose node is stopped', async () => {
  await using cluster = await serveCluster();
  const spool = join(cluster.dir, 'us', 'spool');
  const id = await fillSpool(spool);
  const at = ['--dir', cluster.dir, '--site', 'us'];

  const check = await run(['spool', 'check', ...at]);
  assert.equal(check.exitCode, 0, check.stdout + check.stderr);
  assert.match(check.stdout, /us: whole\. 1 message /);
  assert.equal((await run(['spool', 'cat', id, ...at])).stdout, body);
  assert.equal((await run(['spool', 'cat', 'm0', ...at])).exitCode, 1);

  const target = join(cluster.dir, 'out');
  assert.equal((await run(['spool', 'export', target, ...at])).exitCode, 0);
  assert.deepEqual((await readdir(target)).toSorted(), [`${id}.eml`, `${id}.json`]);
  assert.equal(await readFile(join(target, `${id}.eml`), 'utf8'), body);
  // Nothing is overwritten.
  assert.equal((await run(['spool', 'export', target, ...at])).exitCode, 1);
});

test('check says where a spool is damaged (exit code 1)', async () => {
  await using cluster = await serveCluster();
  const spool = join(cluster.dir, 'us', 'spool');
  await fillSpool(spool);
  const segments = join(spool, 'segments');
  const [name = ''] = await readdir(segments);
  await appendFile(join(segments, name), Buffer.alloc(100, 0x41));
  const check = await run(['spool', 'check', '--dir', cluster.dir, '--site', 'us']);
  assert.equal(check.exitCode, 1, check.stdout + check.stderr);
  assert.match(check.stdout, /unfinished write|Bytes \d+ to \d+/);
});

test('a timetable is not made anew under a running node', async () => {
  await using cluster = await serveCluster();
  const spool = join(cluster.dir, 'us', 'spool');
  await fillSpool(spool);
  const lock = lockSpool(spool, 'node of site us');
  try {
    const refused = await run(['spool', 'rebuild-queue', '--dir', cluster.dir, '--site', 'us']);
    assert.equal(refused.exitCode, 1);
    assert.match(refused.stderr, /node of site us/);
  } finally {
    lock.release();
  }
});

test('the offline tools need to know which site, and a spool', async () => {
  await using cluster = await serveCluster();
  assert.equal((await run(['spool', 'check', '--dir', cluster.dir])).exitCode, 2);
  assert.equal((await run(['spool', 'check', '--dir', cluster.dir, '--site', 'us'])).exitCode, 1);
});
