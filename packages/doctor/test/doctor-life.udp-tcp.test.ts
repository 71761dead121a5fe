// What a doctor does over time: DNS that is dead, checks that hang, what is new and what is mended, a trial on one machine.
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { createResolver } from '@restante/dns';
import { systemClock } from '@restante/runtime';
import { settings, startPair, troubles } from './doctor-kit.ts';
import type { Pair } from './doctor-kit.ts';
import { shanghai, us } from './good-zone.ts';

let pair: Pair;
before(async () => {
  pair = await startPair();
});
after(async () => pair[Symbol.asyncDispose]());

test('with all DNS dead nothing that hangs on it is fine, and the look ends in time', async () => {
  const silence = createSocket('udp4');
  silence.bind(0, '127.0.0.1');
  await once(silence, 'listening');
  await using resolver = createResolver({
    servers: [`127.0.0.1:${silence.address().port}`],
    clock: systemClock,
    timeoutMs: 200,
    retries: 0,
    deadlineMs: 500,
  });
  const startedMs = performance.now();
  const { findings } = await pair.doctor({ resolver }).run();
  silence.close();
  assert.ok(performance.now() - startedMs < settings.budgetMs + 2000);
  const fine = findings.filter(({ state }) => state === 'fine').map(({ check }) => check);
  // Doors are at addresses here, lists have a resolver of their own, and these need no DNS at all.
  const free = new Set(['certificate', 'port-25-in', 'clock', 'mirror', 'listed']);
  assert.deepEqual(
    fine.filter((check) => !free.has(check)),
    [],
  );
  const said = findings.map(({ check }) => check);
  for (const check of ['helo', 'ptr', 'mx', 'spf', 'dkim', 'dmarc', 'mta-sts', 'tlsa', 'resolver'])
    assert.ok(said.includes(check), check);
  assert.ok(findings.every(({ state, remedy }) => state === 'fine' || remedy !== undefined));
});

test('a check that hangs is unknown after the budget, and the others are there', async () => {
  const doctor = pair.doctor({
    settings: { ...settings, budgetMs: 1500 },
    peerClock: async () => new Promise<never>(() => undefined),
  });
  const { findings } = await doctor.run();
  const clock = findings.find(({ check }) => check === 'clock');
  assert.equal(clock?.state, 'unknown');
  assert.match(clock.found, /within 2 s/);
  assert.ok(findings.some(({ check, state }) => check === 'mx' && state === 'fine'));
});

test('who asks while a look is under way gets that one', async () => {
  const doctor = pair.doctor();
  const [one, two] = await Promise.all([doctor.run(), doctor.run()]);
  assert.equal(one, two);
  assert.equal(doctor.last(), one);
});

test('a new problem is told once, a listing with every look, and what is mended is told', async () => {
  const { events, dns, zone } = pair;
  const doctor = pair.doctor();
  const look = async (more: typeof zone) => {
    dns.setZone({ ...zone, ...more });
    events.length = 0;
    await doctor.run();
    return events.map(({ name }) => name);
  };
  const listing = { '10.2.0.192.bl.example': { A: ['127.0.0.4'] } };
  assert.deepEqual(await look({}), ['doctor.ran']);
  assert.deepEqual(await look(listing), ['doctor.problem', 'doctor.listed', 'doctor.ran']);
  assert.deepEqual(
    events.find(({ name }) => name === 'doctor.listed'),
    { name: 'doctor.listed', subject: us.address, zone: 'bl.example' },
  );
  assert.deepEqual(await look(listing), ['doctor.listed', 'doctor.ran']);
  const ran = events.at(-1);
  const count = ran?.name === 'doctor.ran' ? ran.counts : [];
  assert.equal(
    count.find(({ check, state }) => check === 'listed' && state === 'problem')?.count,
    1,
  );
  assert.deepEqual(await look({}), ['doctor.mended', 'doctor.ran']);
});

test('a trial on one machine has notices and no problem with names and addresses', async () => {
  const local = { A: ['127.0.0.1'] };
  const diagnosis = await pair.diagnose({ [us.hostname]: local, [shanghai.hostname]: local });
  assert.deepEqual(
    diagnosis.findings.filter(({ state }) => state === 'problem'),
    [],
  );
  assert.match(troubles(diagnosis).join('\n'), /notice ptr/);
  assert.match(troubles(diagnosis).join('\n'), /notice helo/);
});
