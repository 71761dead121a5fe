// Commands against a site that answers and one that does not.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { run } from './in-process.ts';
import { serveCluster } from './served-cluster.ts';

test('status shows every site, and a site that is away is a problem found (exit code 1)', async () => {
  await using cluster = await serveCluster();
  const all = await run(['status', '--dir', cluster.dir]);
  assert.equal(all.exitCode, 1, all.stderr);
  assert.match(all.stdout, /us\s+accepting mail/);
  assert.match(all.stdout, /peer:shanghai\s+1\s+0\s+0\s+-\s+-\s+held by health/);
  assert.match(all.stdout, /shanghai\s+down\s+2 min ago\s+4 known, 5 s old\s+tcp: refused/);
  assert.match(all.stdout, /shanghai\s+127\.0\.0\.1:9 does not answer/);

  const one = await run(['status', '--dir', cluster.dir, '--site', 'us']);
  assert.equal(one.exitCode, 0, one.stderr);
  assert.doesNotMatch(one.stdout, /does not answer/);
});

test('status of a site that is away alone is unreachable (exit code 3)', async () => {
  await using cluster = await serveCluster();
  const away = await run(['status', '--site', 'shanghai', '--dir', cluster.dir]);
  assert.equal(away.exitCode, 3);
  assert.match(away.stderr, /does not answer/);
  assert.equal(away.stdout, '');
});

test('what is degraded is said, and is a problem found', async () => {
  await using cluster = await serveCluster({
    degraded: ['Redis is unreachable: mail is accepted, nothing is retried.'],
  });
  const result = await run(['status', '--dir', cluster.dir, '--site', 'us']);
  assert.equal(result.exitCode, 1);
  assert.match(result.stdout, /! Redis is unreachable/);
});

test('with --json standard output is one JSON value', async () => {
  await using cluster = await serveCluster();
  for (const words of [
    ['status'],
    ['queue', 'list'],
    ['queue', 'show', 'm0abc'],
    ['trace', 'm0abc'],
    ['site', 'list'],
    ['account', 'list'],
    ['config', 'check'],
    ['health'],
    ['doctor'],
  ]) {
    const result = await run([...words, '--json', '--dir', cluster.dir]);
    assert.doesNotThrow(
      () => JSON.parse(result.stdout),
      `${words.join(' ')}: ${result.stdout}${result.stderr}`,
    );
  }
});

test('queue list cannot be used to write on the terminal', async () => {
  await using cluster = await serveCluster();
  const result = await run([
    'queue',
    'list',
    '--dir',
    cluster.dir,
    '--site',
    'us',
    '--held',
    '--domain',
    'Shanghai.example',
  ]);
  assert.equal(result.exitCode, 0, result.stderr);
  assert.ok(!result.stdout.includes('\u001b'));
  assert.match(result.stdout, /m0abc\s+waiting\s+6\d s ago/);
  assert.deepEqual(cluster.asked, [
    ['list', { domain: 'shanghai.example', held: true, limit: 50 }],
  ]);
});

test('acting needs a selection, and deleting needs --yes where nobody can be asked', async () => {
  await using cluster = await serveCluster();
  const at = ['--dir', cluster.dir, '--site', 'us'];
  assert.equal((await run(['queue', 'retry', ...at])).exitCode, 2);
  assert.equal((await run(['queue', 'retry', 'm0abc', '--all', ...at])).exitCode, 2);
  assert.equal((await run(['queue', 'retry', '--route', 'nowhere', ...at])).exitCode, 2);
  assert.equal((await run(['queue', 'delete', 'm0abc', ...at])).exitCode, 2);
  assert.deepEqual(cluster.asked, []);

  assert.equal((await run(['queue', 'retry', '--all', ...at])).exitCode, 0);
  assert.equal((await run(['queue', 'hold', 'm0abc', '--reason', 'looks odd', ...at])).exitCode, 0);
  assert.equal((await run(['queue', 'delete', 'm0abc', '--yes', ...at])).exitCode, 0);
  // An id that nobody has was mistyped.
  assert.equal((await run(['queue', 'release', 'm0xyz', ...at])).exitCode, 1);
  assert.deepEqual(cluster.asked, [
    ['retry', { filter: {} }],
    ['hold', { ids: ['m0abc'] }, 'looks odd'],
    ['delete', { ids: ['m0abc'] }, 'operator'],
    ['release', { ids: ['m0xyz'] }],
  ]);
});

test('a route is held at the sites that have it', async () => {
  await using cluster = await serveCluster();
  const held = await run(['route', 'hold', 'peer:shanghai', '--dir', cluster.dir]);
  assert.equal(held.exitCode, 1); // The other site did not answer.
  assert.match(held.stdout, /held at us/);
  assert.deepEqual(cluster.asked, [['route hold', 'peer:shanghai']]);
  assert.equal((await run(['route', 'hold', 'peer:paris', '--dir', cluster.dir])).exitCode, 1);
  assert.equal((await run(['route', 'hold', 'paris', '--dir', cluster.dir])).exitCode, 2);
});

test('passwords come by pipe or file, never by argument; the home of the domain is asked', async () => {
  await using cluster = await serveCluster();
  const at = ['--dir', cluster.dir];
  const added = await run(
    ['account', 'add', 'Ana@US.example', '--quota', '1GiB', '--password-stdin', ...at],
    { stdin: 'correct horse\nbattery\n' },
  );
  assert.equal(added.exitCode, 0, added.stderr);
  assert.deepEqual(cluster.asked, [['add', 'Ana@us.example', 'correct horse']]);
  assert.ok(!`${added.stdout}${added.stderr}`.includes('horse'));

  const again = await run(['account', 'add', 'Ana@us.example', '--password-stdin', ...at], {
    stdin: 'correct horse\n',
  });
  assert.equal(again.exitCode, 0);
  assert.match(again.stdout, /is there already; nothing was changed/);
  assert.equal((await run(['account', 'add', 'bo@us.example', ...at])).exitCode, 2);
  assert.equal(
    (await run(['account', 'add', 'bo@us.example', '--password', 'x', ...at])).exitCode,
    2,
  );
  assert.equal(
    (
      await run(['account', 'add', 'bo@us.example', '--password-stdin', ...at], {
        stdin: 'short\n',
      })
    ).exitCode,
    2,
  );
  assert.equal(
    (
      await run(['account', 'add', 'bo@elsewhere.example', '--password-stdin', ...at], {
        stdin: 'long enough\n',
      })
    ).exitCode,
    2,
  );
  assert.equal(
    (
      await run(['account', 'add', 'bo@shanghai.example', '--password-stdin', ...at], {
        stdin: 'long enough\n',
      })
    ).exitCode,
    3,
  );
});

test('the cluster file is found by option, by environment, or in the directory; else the words say what to do', async () => {
  await using cluster = await serveCluster();
  const file = join(cluster.dir, 'restante.toml');
  assert.equal((await run(['site', 'list', '--config', file])).exitCode, 0);
  assert.equal(
    (await run(['site', 'list'], { environment: { RESTANTE_CONFIG: file } })).exitCode,
    0,
  );
  assert.equal((await run(['site', 'list'], { directory: cluster.dir })).exitCode, 0);
  assert.equal((await run(['site', 'list', '--config', file, '--dir', cluster.dir])).exitCode, 2);
  assert.equal((await run(['site', 'list', '--config', join(cluster.dir, 'no.toml')])).exitCode, 2);
});

test('config check names every problem with its line (exit code 1)', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'restante-cli-'));
  try {
    await writeFile(
      join(dir, 'restante.toml'),
      '[cluster]\nname = "x"\nnmae = "y"\n[retry]\nlifetime = "soon"\n',
    );
    const result = await run(['config', 'check', '--dir', dir]);
    assert.equal(result.exitCode, 1);
    assert.match(result.stderr, /line 3 .*nmae/);
    const json = await run(['config', 'check', '--dir', dir, '--json']);
    assert.equal(json.exitCode, 1);
    assert.ok((JSON.parse(json.stdout) as { problems: unknown[] }).problems.length >= 2);
  } finally {
    await rm(dir, { recursive: true });
  }
});

test('wrong words are wrong use (exit code 2), help and version are fine (exit code 0)', async () => {
  assert.equal((await run(['nonsense'])).exitCode, 2);
  assert.equal((await run(['queue', 'nonsense'])).exitCode, 2);
  assert.equal((await run(['queue', 'show'])).exitCode, 2);
  assert.equal((await run(['status', '--nonsense'])).exitCode, 2);
  assert.equal((await run(['--help'])).exitCode, 0);
  assert.equal((await run(['queue', '--help'])).exitCode, 0);
  assert.match((await run(['--version'])).stdout, /^\d+\.\d+\.\d+/);
});
