// The commands about people against a served site: import, export, app passwords, quota, domains; twice is once.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { run } from './in-process.ts';
import { serveCluster } from './served-cluster.ts';

test('a file with problems changes nothing and says all of them with their lines', async () => {
  await using cluster = await serveCluster();
  const file = join(cluster.dir, 'people.csv');
  await writeFile(
    file,
    'address,password\nana@us.example,secret-1\nbo@elsewhere.example,x\nANA@us.example,x\nnobody,x\n',
  );
  const { exitCode, stderr } = await run(['account', 'import', file, '--dir', cluster.dir]);
  assert.equal(exitCode, 1);
  for (const line of ['line 3', 'line 4', 'line 5']) assert.match(stderr, new RegExp(line));
  assert.match(stderr, /3 lines of .* cannot be imported; nothing was changed/);
  assert.deepEqual(cluster.asked, []);
});

test('people are sent in batches; what the site refuses is said with its line, and a dry run says so', async () => {
  await using cluster = await serveCluster();
  const file = join(cluster.dir, 'users');
  const people = Array.from({ length: 120 }, (_, index) => `p${index}@us.example:{SSHA}x`);
  await writeFile(file, ['# users', ...people, 'bad@us.example:{SSHA}x'].join('\n'));
  const at = ['--dir', cluster.dir, '--json'];
  const done = await run(['account', 'import', file, '--update', '--dry-run', ...at]);
  assert.equal(done.exitCode, 1);
  assert.deepEqual(JSON.parse(done.stdout), {
    added: 120,
    updated: 0,
    unchanged: 0,
    refused: 1,
    isDryRun: true,
    problems: [{ line: 122, problem: 'bad@us.example: No such hash.' }],
  });
  assert.equal(cluster.asked.length, 3);
  assert.deepEqual(cluster.asked[0]?.slice(2), ['update', true]);
  assert.ok(!`${done.stdout}${done.stderr}`.includes('{SSHA}'));
});

test('adding, removing and revoking twice is fine, and says what was there', async () => {
  await using cluster = await serveCluster();
  const at = ['--dir', cluster.dir, '--json'];
  const add = async () =>
    run(['account', 'add', 'ana@us.example', '--password-stdin', ...at], {
      stdin: 'correct horse\n',
    });
  const added = [await add(), await add()].map(({ exitCode, stdout }) => [
    exitCode,
    (JSON.parse(stdout) as { added: boolean }).added,
  ]);
  assert.deepEqual(added, [
    [0, true],
    [0, false],
  ]);
  const revoked = await run(['app-password', 'revoke', 'ana@us.example', 'zz', ...at]);
  assert.deepEqual(
    [revoked.exitCode, JSON.parse(revoked.stdout)],
    [0, { address: 'ana@us.example', revoked: 'zz', wasThere: false }],
  );
});

test('an app password is shown by the command that makes it', async () => {
  await using cluster = await serveCluster();
  const at = ['--dir', cluster.dir];
  const made = await run([
    'app-password',
    'add',
    'ana@us.example',
    'phone',
    '--scope',
    'imap',
    'submission',
    ...at,
  ]);
  assert.equal(made.exitCode, 0, made.stderr);
  assert.match(made.stdout, /^abcd-efgh\n/);
  assert.deepEqual(cluster.asked, [
    ['app password', 'ana@us.example', 'phone', ['imap', 'submission']],
  ]);
  assert.equal(
    (await run(['app-password', 'add', 'ana@us.example', 'x', '--scope', 'ftp', ...at])).exitCode,
    2,
  );
  const listed = await run(['app-password', 'list', 'ana@us.example', ...at]);
  assert.match(listed.stdout, /phone/);
});

test('quota, set and domain list say what they did', async () => {
  await using cluster = await serveCluster();
  const at = ['--dir', cluster.dir];
  await run(['account', 'add', 'ana@us.example', '--password-stdin', ...at], {
    stdin: 'correct horse\n',
  });
  for (const command of [
    ['quota', 'set', 'ana@us.example', '2GiB', '--messages', '10'],
    ['account', 'quota', 'ana@us.example', 'none'],
    ['account', 'set', 'ana@us.example', '--state', 'suspended', '--quota', '1GiB'],
    ['account', 'set', 'ana@us.example', '--junk', 'inbox', '--filtering', 'off'],
    ['quota', 'show'],
    ['account', 'show', 'ana@us.example'],
  ])
    assert.equal(
      (await run([...command, ...at])).exitCode,
      command[1] === 'show' && command[2] === undefined ? 1 : 0,
      command.join(' '),
    );
  assert.deepEqual(
    cluster.asked.filter(([what]) => what === 'quota').map(([, , change]) => change),
    [
      { quotaBytes: 2 * 1024 ** 3, quotaMessages: 10 },
      { quotaBytes: null },
      { quotaBytes: 1024 ** 3 },
    ],
  );
  assert.equal((await run(['quota', 'set', 'ana@us.example', ...at])).exitCode, 2);
  assert.equal((await run(['account', 'set', 'ana@us.example', ...at])).exitCode, 2);
  assert.equal((await run(['account', 'show', 'nobody@us.example', ...at])).exitCode, 1);
  const domains = await run(['domain', 'list', '--json', ...at]);
  const us = (JSON.parse(domains.stdout) as { domain: string }[]).find(
    ({ domain }) => domain === 'us.example',
  );
  assert.deepEqual(us, {
    domain: 'us.example',
    home: 'us',
    backups: ['shanghai'],
    accounts: 1,
    aliases: 1,
    catchAll: 'ana@us.example',
  });
});

test('export is CSV that import reads; hashes are in it only when asked for', async () => {
  await using cluster = await serveCluster();
  const at = ['--dir', cluster.dir];
  await run(['account', 'add', 'ana@us.example', '--password-stdin', ...at], {
    stdin: 'correct horse\n',
  });
  const without = await run(['account', 'export', 'us.example', ...at]);
  assert.equal(
    without.stdout,
    'address,state,quota,messages,home,used,last_login\nana@us.example,active,,,us,0,\n',
  );
  const withHashes = await run(['account', 'export', 'us.example', '--with-hashes', ...at]);
  assert.match(withHashes.stdout, /\$argon2id\$x\n$/);
  const file = join(cluster.dir, 'export.csv');
  await writeFile(file, withHashes.stdout);
  const again = await run(['account', 'import', file, '--json', ...at]);
  assert.equal((JSON.parse(again.stdout) as { unchanged: number }).unchanged, 1, again.stderr);
});

test('somebody is stopped from sending, given limits and resumed; what is blocked with him is said', async () => {
  await using cluster = await serveCluster();
  const at = ['--dir', cluster.dir];
  const ana = 'ana@us.example';
  await run(['account', 'add', ana, '--password-stdin', ...at], { stdin: 'correct horse\n' });
  const suspended = await run(['account', 'suspend', ana, '--reason', 'stolen', ...at]);
  assert.match(suspended.stdout, /may not send any more; mail for it still arrives/);
  assert.match(suspended.stdout, /2 messages that waited: held/);
  await run(['account', 'suspend', ana, '--all', '--confirmed-spammer', ...at]);
  const resumed = await run(['account', 'resume', ana, '--json', ...at]);
  assert.equal((JSON.parse(resumed.stdout) as { releasedMessages: number }).releasedMessages, 2);
  const limits = ['--daily-limit', '9000', '--hourly-limit', 'none'];
  assert.equal((await run(['account', 'set', ana, ...limits, ...at])).exitCode, 0);
  assert.equal((await run(['account', 'set', ana, '--daily-limit', '0', ...at])).exitCode, 2);
  const wanted = { scope: 'sending', reason: 'stolen', isConfirmedSpammer: false };
  assert.deepEqual(
    cluster.asked.filter(([what]) => /suspend|resume|limits/.test(String(what))),
    [
      ['suspend', ana, wanted],
      ['suspend', ana, { scope: 'all', reason: '', isConfirmedSpammer: true }],
      ['resume', ana],
      ['send limits', ana, { recipientsPerDay: 9000, recipientsPerHour: null }],
    ],
  );
});
