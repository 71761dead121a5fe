// Pids, marks and starting together, with real processes.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { isAlive, livePid, startTogether, stopProcess } from '../src/quickstart/processes.ts';

const sleeper = 'setInterval(() => undefined, 1000) // restante-test-mark';
const deaf = `process.on('SIGTERM', () => undefined); process.stdout.write('deaf'); ${sleeper}`;

async function start(code: string) {
  const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child, 'spawn');
  return { child, pid: child.pid ?? 0 };
}

test('a pid is only believed together with its command line, because numbers are used again', async () => {
  const { pid } = await start(sleeper);
  assert.ok(await isAlive(pid, 'restante-test-mark'));
  assert.ok(!(await isAlive(pid, 'somebody else')));
  await stopProcess(pid, 'restante-test-mark', { graceMs: 5_000 });
  assert.ok(!(await isAlive(pid, 'restante-test-mark')));
});

test('who does not listen is killed after the grace', async () => {
  const { child, pid } = await start(deaf);
  await once(child.stdout ?? assert.fail(), 'data');
  await stopProcess(pid, 'restante-test-mark', { graceMs: 100 });
  assert.ok(!(await isAlive(pid, 'restante-test-mark')));
});

test('a pid file that is missing, broken or of the dead names nobody', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'restante-pid-'));
  try {
    const file = join(dir, 'node.pid');
    assert.equal(await livePid(file, ''), undefined);
    for (const text of ['', 'nonsense', '-1', '0', '1', '999999999']) {
      await writeFile(file, text);
      assert.equal(await livePid(file, 'restante-test-mark'), undefined, text);
    }
  } finally {
    await rm(dir, { recursive: true });
  }
});

test('when one of several does not start, the others give up and the first failure is told', async () => {
  const gaveUp: string[] = [];
  const patient = async (signal: AbortSignal) => {
    await once(signal, 'abort');
    gaveUp.push('patient');
    throw new Error('told to give up');
  };
  const failing = async () => {
    throw new Error('the reason');
  };
  const { signal } = new AbortController();
  await assert.rejects(startTogether([patient, failing], signal), /the reason/);
  assert.deepEqual(gaveUp, ['patient']);
  assert.deepEqual(await startTogether([async () => 1, async () => 2], signal), [1, 2]);
});
