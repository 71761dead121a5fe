// The keys on disk: made once, rotated with overlap, carried to the other site, readable by their owner only.
import assert from 'node:assert/strict';
import { chown, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { openDkimKeys } from '../src/index.ts';

const day = 86_400_000;
const domain = 'home.example.test';

async function openKeys(context: TestContext) {
  const dir = await mkdtemp(join(tmpdir(), 'dkim-keys-'));
  context.after(() => rm(dir, { recursive: true, force: true }));
  let nowMs = Date.UTC(2026, 10, 22);
  const problems: string[] = [];
  const clock = { now: () => nowMs, monotonicMs: () => nowMs, sleep: async () => undefined };
  const keys = openDkimKeys({
    dir,
    clock,
    config: { publishBeforeMs: 2 * day, keepAfterMs: 14 * day },
    onProblem: (problem) => problems.push(problem),
  });
  const states = async () =>
    (await keys.keysOf(domain)).map((key) => `${key.selector} ${keys.stateOf(key)}`);
  const selectors = async () => (await keys.signingKeys(domain)).map(({ selector }) => selector);
  return { dir, keys, states, selectors, problems, pass: (ms: number) => (nowMs += ms) };
}

test('make gives a pair that signs at once, and again changes nothing', async (context) => {
  const { dir, keys, states } = await openKeys(context);
  assert.deepEqual(await keys.signingKeys(domain), []);
  await keys.make(domain);
  await keys.make(domain);
  assert.deepEqual(await states(), ['e20261122 signing', 'r20261122 signing']);
  assert.deepEqual(await keys.domains(), [domain]);
  const modes = await Promise.all(
    ['.', 'e20261122.json', 'r20261122.json'].map(
      async (name) => (await stat(join(dir, domain, name))).mode & 0o777,
    ),
  );
  assert.deepEqual(modes, [0o700, 0o600, 0o600]);
});

test('rotate publishes first, signs later, and keeps the old record until mail has arrived', async (context) => {
  const { keys, states, selectors, pass, dir } = await openKeys(context);
  await keys.make(domain);
  pass(30 * day);
  await keys.rotate(domain);
  await keys.rotate(domain);
  assert.equal((await states()).length, 4, 'a second rotation in between changes nothing');
  assert.deepEqual(await selectors(), ['e20261122', 'r20261122']);
  pass(2 * day);
  assert.deepEqual(await selectors(), ['e20261222', 'r20261222']);
  assert.deepEqual((await states()).slice(0, 2), ['e20261122 ended', 'r20261122 ended']);
  pass(14 * day);
  assert.deepEqual((await states()).slice(0, 2), ['e20261122 retired', 'r20261122 retired']);
  await keys.rotate(domain, { isAtOnce: true });
  assert.deepEqual((await readdir(join(dir, domain))).toSorted(), [
    'e20261222.json',
    'e20270107.json',
    'r20261222.json',
    'r20270107.json',
  ]);
  assert.deepEqual(await selectors(), ['e20270107', 'r20270107']);
});

test('a hurried rotation brings forward what was coming', async (context) => {
  const { keys, selectors, pass } = await openKeys(context);
  await keys.make(domain);
  pass(day);
  await keys.rotate(domain);
  await keys.rotate(domain, { isAtOnce: true });
  assert.deepEqual(await selectors(), ['e20261123', 'r20261123']);
});

test('keys travel to the other site as they are; another key under the name is refused', async (context) => {
  const here = await openKeys(context);
  const there = await openKeys(context);
  await here.keys.make(domain);
  const text = await here.keys.export(domain);
  assert.deepEqual(await there.keys.import(text), [domain]);
  assert.deepEqual(await there.keys.import(text), [domain]);
  assert.deepEqual(await there.states(), await here.states());
  const other = await openKeys(context);
  await other.keys.make(domain);
  await assert.rejects(other.keys.import(text), { code: 'DKIM_KEY_DIFFERS' });
  await assert.rejects(there.keys.import('[{"domain":"../../etc"}]'), {
    code: 'DKIM_IMPORT_INVALID',
  });
  await assert.rejects(there.keys.export('unknown.test'), { code: 'DKIM_KEYS_MISSING' });
});

test('a damaged file is reported and the other key still signs', async (context) => {
  const { dir, keys, selectors, problems } = await openKeys(context);
  await keys.make(domain);
  await writeFile(join(dir, domain, 'e20261122.json'), '{');
  // A rename tells the signer; so does an editor that writes a new file.
  await writeFile(join(dir, domain, 'x.tmp'), '');
  assert.deepEqual(await selectors(), ['r20261122']);
  assert.match(problems.join(), /e20261122\.json/);
});

test(
  'keys made by root belong to whoever owns the site',
  {
    skip: process.getuid?.() === 0 ? false : 'only root can give files away',
  },
  async (context) => {
    const { dir, keys } = await openKeys(context);
    const site = join(dir, 'site');
    await mkdir(site);
    await chown(site, 65_534, 65_534);
    const own = openDkimKeys({
      dir: join(site, 'dkim'),
      clock: { now: () => 0, monotonicMs: () => 0, sleep: async () => undefined },
      config: { publishBeforeMs: 0, keepAfterMs: 0 },
    });
    await keys.make(domain);
    await own.import(await keys.export(domain));
    for (const path of ['dkim', `dkim/${domain}`, `dkim/${domain}/r20261122.json`]) {
      assert.equal((await stat(join(site, path))).uid, 65_534, path);
    }
  },
);
