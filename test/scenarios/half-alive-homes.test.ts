// Homes that are neither up nor down: half-alive is not alive (design §4.4), and what they do never costs mail, makes a
// second copy where we can know better, or sends a stranger a bounce.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { startBackupSite, type BackupSite } from '../kit/backup-site.ts';
import { numberedLetter, sendLetter } from '../kit/dialogue.ts';
import { startScriptedHome, type ScriptedHome } from '../kit/scripted-home.ts';
import { temporaryDirectory } from '../kit/temporary-directory.ts';
import { until } from '../kit/until.ts';

// Probes in fast motion; the numbers of failures stay as they are.
const fast = `
[health]
probe_interval = "300ms"
probe_timeout = "1s"
stage_timeout = "500ms"
[retry]
first_delay = "1s"
`;

interface Pair extends AsyncDisposable {
  readonly site: BackupSite;
  readonly home: ScriptedHome;
}

async function pair(): Promise<Pair> {
  const dir = await temporaryDirectory();
  const home = await startScriptedHome();
  const site = await startBackupSite({
    dir: join(dir.path, 'site'),
    home: home.endpoint,
    settings: fast,
    deliverySettings: 'home_host_connections_max = 8',
  });
  return {
    site,
    home,
    async [Symbol.asyncDispose]() {
      await site[Symbol.asyncDispose]();
      await home[Symbol.asyncDispose]();
      await dir[Symbol.asyncDispose]();
    },
  };
}

async function accept(site: BackupSite, number: number): Promise<void> {
  const reply = await sendLetter(
    site.smtp,
    numberedLetter(number, { from: 'x@stranger.test', to: 'ana@home.test' }),
  );
  assert.equal(reply.code, 250, reply.text);
}

for (const mood of ['silent', 'refusing'] as const) {
  test(`a home that is ${mood} counts as down; its mail is kept and comes home when it behaves`, async () => {
    await using both = await pair();
    const { site, home } = both;
    await until(async () => (await site.homeState()) === 'up', { what: 'the home is up' });
    home.mood = mood;
    await until(async () => (await site.homeState()) === 'down', { what: 'the home is down' });
    for (let number = 0; number < 20; number += 1) await accept(site, number);
    assert.equal(await site.waiting(), 20);
    home.mood = 'well';
    await until(async () => (await site.waiting()) === 0, { what: 'everything is handed over' });
    assert.equal(home.taken.length, 20);
  });
}

test('a plain home hears who the stranger was (XFORWARD)', async () => {
  await using both = await pair();
  await accept(both.site, 1);
  await until(async () => (await both.site.waiting()) === 0, { what: 'it is handed over' });
  assert.match(both.home.xforward.join('\n'), /ADDR=127\.0\.0\.1/);
  assert.match(both.home.xforward.join('\n'), /HELO=stranger\.test/);
});

test('a home that refuses for good what its backup took: no bounce, the message is held for a person, and release tries again', async () => {
  await using both = await pair();
  const { site, home } = both;
  await until(async () => (await site.homeState()) === 'up', { what: 'the home is up' });
  home.mood = 'unknown-users';
  await accept(site, 1);
  await until(async () => (await site.status()).spool.held === 1, { what: 'the message is held' });
  assert.equal(await site.metric('restante_hop_refused_total{peer="host:home.test"}'), 1);
  assert.equal(await site.waiting(), 1, 'no report to the stranger was made');
  home.mood = 'well';
  await site.cli('queue', 'release', '--recipient', 'ana@home.test');
  await until(async () => (await site.waiting()) === 0, { what: 'it is handed over' });
  assert.equal(home.taken.length, 1);
});

test('a slow home that returns is not knocked over: few connections at first, all of the backlog in the end', async () => {
  await using both = await pair();
  const { site, home } = both;
  home.mood = 'silent';
  await until(async () => (await site.homeState()) === 'down', { what: 'the home is down' });
  for (let number = 0; number < 60; number += 1) await accept(site, number);
  home.mood = 'slow';
  await until(async () => (await site.waiting()) === 0, {
    what: 'everything is handed over',
    deadlineMs: 60_000,
  });
  assert.equal(home.taken.length, 60);
  assert.ok(home.busiest <= 8, `at most the configured 8 at the same time, not ${home.busiest}`);
});

test('a home that cuts the line after the last byte gets the message again until it answers: kept safe, never bounced', async () => {
  await using both = await pair();
  const { site, home } = both;
  await until(async () => (await site.homeState()) === 'up', { what: 'the home is up' });
  home.mood = 'cuts-after-data';
  await accept(site, 7);
  await until(() => home.taken.length > 0, { what: 'the message was sent once' });
  assert.equal(await site.waiting(), 1);
  home.mood = 'well';
  await until(async () => (await site.waiting()) === 0, { what: 'it is handed over' });
  for (const body of home.taken) assert.match(body, /X-Number: 7\r\n/);
});
