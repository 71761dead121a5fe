// Real programs against the server: leaving mail there means each message once, deleting means gone, and only after it was fetched.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fetchingPrograms } from './fetching-programs.ts';
import { ana, letter, password, startPop3Site } from './pop3-site.ts';
import { curlOnce } from './curl-once.ts';

for (const program of fetchingPrograms) {
  const skip = program.isHere ? false : `${program.name} is not installed`;
  test(
    `${program.name} leaves mail on the server and fetches each message once, then deletes`,
    { skip },
    async () => {
      await using site = await startPop3Site();
      const account = { port: site.secured.port, user: ana, password };
      await using client = await program.open(account);
      await site.deliver(letter(1), letter(2, '.dot\r\n..two\r\n\r\n.\r\nend\r\n'));
      await client.fetch('leave');
      await client.fetch('leave');
      assert.deepEqual(subjects(await client.mail()), ['letter 1', 'letter 2']);
      const [, dots = ''] = (await client.mail()).toSorted((a, b) =>
        subjectOf(a) < subjectOf(b) ? -1 : 1,
      );
      assert.match(dots.replaceAll('\r\n', '\n'), /\n\n\.dot\n\.\.two\n\n\.\nend\n$/);
      await site.deliver(letter(3));
      await client.fetch('leave');
      assert.deepEqual(subjects(await client.mail()), ['letter 1', 'letter 2', 'letter 3']);
      assert.equal((await site.inbox()).length, 3);
      await site.deliver(letter(4));
      await client.fetch('delete');
      assert.ok(subjects(await client.mail()).includes('letter 4'));
      await client.fetch('delete');
      assert.deepEqual(await site.inbox(), []);
      assert.deepEqual(site.failures, []);
    },
  );
}

const skip = spawnSync('curl', ['--version']).error === undefined ? false : 'curl is not installed';

test('curl lists, fetches over STLS and over TLS, and deletes', { skip }, async () => {
  await using site = await startPop3Site();
  await site.deliver(letter(1), letter(2));
  const login = ['--user', `${ana}:${password}`, '--insecure', '--silent', '--show-error'];
  const secured = `pop3s://127.0.0.1:${site.secured.port}`;
  const clear = `pop3://127.0.0.1:${site.server.port}`;
  assert.equal(await curlOnce([...login, `${secured}/1`]), letter(1));
  assert.equal(await curlOnce([...login, '--ssl-reqd', `${clear}/2`]), letter(2));
  assert.match(await curlOnce([...login, `${secured}/`]), /^1 \d+\r\n2 \d+\r\n$/);
  assert.match(
    await curlOnce([...login, '--request', 'UIDL', `${secured}/`]),
    /^1 0{7}1[0-9a-f]{8}\r\n2 /,
  );
  await assert.rejects(curlOnce([...login, `${clear}/1`]), /curl ended with/);
  await curlOnce([...login, '--request', 'DELE 1', '--head', `${secured}/`]);
  assert.equal((await site.inbox()).length, 1);
});

function subjects(mail: readonly string[]): readonly string[] {
  return mail.map(subjectOf).toSorted();
}

function subjectOf(text: string): string {
  return /^Subject: (.*?)\r?$/m.exec(text)?.[1] ?? '';
}
