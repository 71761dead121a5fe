// Who exists is known at the home and, moments later, at its backup; there it outlives the home, a kill and a restart, and where nothing is
// known yet nobody guesses (law 4, design §4.5).
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startCluster, type Cluster } from '../kit/cluster.ts';
import { Dialogue, type Reply } from '../kit/dialogue.ts';
import { until } from '../kit/until.ts';

let cluster: Cluster;
before(async () => {
  cluster = await startCluster();
});
after(async () => {
  await cluster[Symbol.asyncDispose]();
});

const newcomer = 'newcomer@shanghai.example';
/** The demo's mirror asks every two seconds. */
const secondsMax = 10;

async function rcptAtBackup(address: string): Promise<Reply> {
  await using dialogue = await Dialogue.open(cluster.site('us').smtp);
  await dialogue.say('EHLO stranger.test');
  await dialogue.say('MAIL FROM:<x@stranger.test>');
  return await dialogue.say(`RCPT TO:<${address}>`);
}

async function becomes(address: string, code: number): Promise<void> {
  await until(async () => (await rcptAtBackup(address)).code === code, {
    what: `the backup answers ${code} for ${address}`,
    deadlineMs: secondsMax * 1000,
    everyMs: 200,
  });
}

async function run(...args: readonly string[]): Promise<void> {
  const { code, stderr } = await cluster.cliWithInput('secret-of-a-day\n', ...args);
  assert.equal(code, 0, stderr);
}

test('a person added at the home is known at its backup within seconds, with her tags, and refused again when she is gone', async () => {
  assert.equal((await rcptAtBackup(newcomer)).code, 550);
  await run('account', 'add', newcomer, '--password-stdin');
  await becomes(newcomer, 250);
  assert.equal((await rcptAtBackup('newcomer+lists@shanghai.example')).code, 250);
  assert.equal((await rcptAtBackup('NewComer@Shanghai.Example')).code, 250);
  await run('account', 'remove', newcomer, '--yes');
  await becomes(newcomer, 550);
});

test('an alias too', async () => {
  await run('alias', 'set', 'sales@shanghai.example', cluster.accountAt('shanghai'));
  await becomes('sales@shanghai.example', 250);
  await run('alias', 'remove', 'sales@shanghai.example');
  await becomes('sales@shanghai.example', 550);
});

test('the home is away and its backup is killed and started: it still answers, from its disk', async () => {
  await run('account', 'add', newcomer, '--password-stdin');
  await becomes(newcomer, 250);
  await cluster.kill('shanghai');
  await cluster.kill('us');
  await cluster.start('us');
  assert.equal((await rcptAtBackup(newcomer)).code, 250);
  const stranger = await rcptAtBackup('nobody@shanghai.example');
  assert.equal(stranger.code, 550);
  assert.match(stranger.text, /5\.1\.1/);
});

test('a backup that has never heard of the people of a home asks to come later (450): it neither guesses nor refuses', async () => {
  await cluster.kill('shanghai');
  await cluster.kill('us');
  await rm(join(cluster.site('us').dir, 'mirrors'), { recursive: true });
  await cluster.start('us');
  for (const address of [newcomer, 'nobody@shanghai.example']) {
    const reply = await rcptAtBackup(address);
    assert.equal(reply.code, 450, reply.text);
    assert.match(reply.text, /4\.4\.1/);
  }
  await cluster.start('shanghai');
  await becomes(newcomer, 250);
  await becomes('nobody@shanghai.example', 550);
});
