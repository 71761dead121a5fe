// block, allow and quarantine against two sites that answer and one that does not.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run } from './in-process.ts';
import { heldMessage, judgingCluster } from './judging-cluster.ts';

const user = { environment: { USER: 'olga' } };

test('an entry is added at every site that answers, with who said so; one that is away hears of it from them', async () => {
  await using cluster = await judgingCluster();
  const at = ['--dir', cluster.dir];
  const began = Date.now();
  const added = await run(
    ['block', 'add', 'Spam.example', '--expires', '7d', '--reason', 'phishing', ...at],
    user,
  );
  assert.equal(added.exitCode, 0, added.stderr);
  assert.match(added.stdout, /^spam\.example is blocked until 20\d\d-.*\([0-9a-f]{16}\)\n$/);
  assert.match(added.stderr, /paris.*The other sites tell it\./);
  for (const { entries } of [cluster.us, cluster.shanghai]) {
    const [entry] = entries.values();
    assert.deepEqual([entry?.author, entry?.reason, entry?.list], ['olga', 'phishing', 'block']);
    assert.ok(Math.abs((entry?.expiresAtMs ?? 0) - began - 7 * 86_400_000) < 10_000);
  }
  const allowed = await run(
    ['allow', 'add', 'good.example', '--for', 'ana@us.example', '--author', 'ana', '--json', ...at],
    user,
  );
  const row = JSON.parse(allowed.stdout) as Record<string, unknown>;
  assert.deepEqual(
    [row['list'], row['for'], row['author'], row['sites']],
    ['allow', 'ana@us.example', 'ana', ['us', 'shanghai']],
  );
});

test('the list shows each entry once, and who is blocked for guessing addresses', async () => {
  await using cluster = await judgingCluster();
  const at = ['--dir', cluster.dir];
  await run(['block', 'add', 'spam.example', '--reason', 'bad\u001b[2J', ...at], user);
  await run(['block', 'add', 'only.example', '--site', 'shanghai', ...at], user);
  await run(['allow', 'add', 'good.example', ...at], user);
  const untilMs = Date.now() + 240_000;
  cluster.us.blocks.set('192.0.2.7', { subject: '192.0.2.7', untilMs, from: 'us' });
  const listed = await run(['block', 'list', ...at]);
  assert.equal(listed.exitCode, 0, listed.stderr);
  assert.match(listed.stderr, /paris/);
  assert.equal(listed.stdout.match(/spam\.example/g)?.length, 1, listed.stdout);
  assert.match(listed.stdout, /only\.example/);
  assert.match(listed.stdout, /192\.0\.2\.7\s+4 min\s+us/);
  assert.doesNotMatch(listed.stdout, /good\.example|\u001b/);
  const json = await run(['block', 'list', '--json', ...at]);
  const told = JSON.parse(json.stdout) as { entries: unknown[]; harvestBlocks: unknown[] };
  assert.deepEqual([told.entries.length, told.harvestBlocks.length], [2, 1]);
  assert.match((await run(['allow', 'list', 'spam.example', ...at])).stdout, /Nobody is let in/);
  assert.equal((await run(['allow', 'list', '--site', 'us', ...at])).exitCode, 0);
});

test('an entry is removed by its subject or its id; who guessed addresses may go on', async () => {
  await using cluster = await judgingCluster();
  const at = ['--dir', cluster.dir];
  await run(['block', 'add', 'spam.example', ...at], user);
  await run(['block', 'add', 'spam.example', '--for', 'us.example', ...at], user);
  const removed = await run(['block', 'remove', 'SPAM.example', ...at], user);
  assert.equal(removed.exitCode, 0, removed.stderr);
  const [left] = [...cluster.us.entries.values()];
  assert.equal(left?.for, 'us.example', 'the one for a domain stays');
  assert.equal((await run(['block', 'remove', 'spam.example', ...at], user)).exitCode, 1);
  assert.equal((await run(['block', 'remove', left?.id ?? '', ...at], user)).exitCode, 0);
  assert.equal(cluster.us.entries.size + cluster.shanghai.entries.size, 0);
  const block = { subject: '192.0.2.7', untilMs: Date.now() + 1000, from: 'us' };
  cluster.us.blocks.set(block.subject, block);
  assert.equal((await run(['block', 'remove', '192.0.2.7', ...at], user)).exitCode, 0);
  assert.equal(cluster.us.blocks.size, 0);
});

test('what is no subject or no time is wrong use (exit code 2), and changes nothing', async () => {
  await using cluster = await judgingCluster();
  const at = ['--dir', cluster.dir];
  for (const words of [
    ['add'],
    ['add', '*.example'],
    ['add', 'spam.example', '--expires', 'soon'],
    ['add', 'spam.example', '--expires', '2001-01-01'],
    ['nonsense'],
  ])
    assert.equal((await run(['block', ...words, ...at], user)).exitCode, 2, words.join(' '));
  assert.equal(cluster.us.entries.size, 0);
  const away = await run(['block', 'add', 'x.example', '--site', 'paris', ...at], user);
  assert.equal(away.exitCode, 3);
});

test('quarantine shows, releases and deletes what is kept back as dangerous, and nothing else that is held', async () => {
  await using cluster = await judgingCluster();
  const at = ['--dir', cluster.dir, '--site', 'us'];
  for (const [id, why] of [
    ['m01', 'Held by the operator.'],
    ['m02', 'quarantine: p=quarantine of bank.example'],
    ['m03', 'The operator said: quarantine: no'],
    ['m04', 'quarantine: looks like a trick'],
    ['m05', 'quarantine: again'],
  ] as const)
    cluster.us.held.set(id, heldMessage(id, why));

  const listed = await run(['quarantine', 'list', ...at]);
  assert.equal(listed.exitCode, 0, listed.stderr);
  assert.doesNotMatch(listed.stdout, /m01|m03|\u001b/);
  assert.match(listed.stdout, /m02 .* p=quarantine of bank\.example\n/);
  assert.match(listed.stdout, /m05/, 'the second page');
  assert.match((await run(['quarantine', 'show', 'm04', ...at])).stdout, /looks like a trick/);
  assert.equal((await run(['quarantine', 'show', 'm01', ...at])).exitCode, 1);

  for (const words of [['release'], ['release', 'm02', '--all'], ['delete', 'm02']])
    assert.equal((await run(['quarantine', ...words, ...at])).exitCode, 2, words.join(' '));
  assert.equal((await run(['quarantine', 'release', 'm01', ...at])).exitCode, 1);
  assert.deepEqual(cluster.us.acts, []);
  assert.equal((await run(['quarantine', 'release', 'm02', ...at])).exitCode, 0);
  assert.equal((await run(['quarantine', 'delete', '--all', '--yes', ...at], user)).exitCode, 0);
  assert.deepEqual(cluster.us.acts, ['release m02', 'delete m04 m05']);
  assert.deepEqual([...cluster.us.held.keys()], ['m01', 'm03']);
  const none = await run(['quarantine', 'list', '--json', ...at]);
  assert.deepEqual(JSON.parse(none.stdout), []);
});
