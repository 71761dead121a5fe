// A person with a mail program (curl) sends; the spool says what left, python3-dkim whether the signature is right.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { smtpReply } from '@restante/mail-model';
import type { EdgeHost } from '@restante/smtp';
import { curl, type Sending } from './curl.ts';
import { password, startSubmissionSite, type SubmissionSite } from './submission-site.ts';

const options = { skip: spawnSync('curl', ['--version']).status === 0 ? false : 'no curl' };
const python = '/usr/bin/python3';
const hasVerifier = spawnSync(python, ['-c', 'import dkim, nacl']).status === 0;
const ana = 'ana@here.test';

function letter(fields = '', body = 'Hello\r\n'): string {
  return `From: Ana <${ana}>\r\nTo: bob@far.test\r\nSubject: hello\r\n${fields}\r\n${body}`;
}

function send(site: SubmissionSite, more: Partial<Sending> = {}): ReturnType<typeof curl> {
  return curl({
    url: `smtp://127.0.0.1:${site.ports.submission}/laptop.private`,
    user: ana,
    password,
    from: ana,
    to: ['bob@far.test'],
    message: letter(),
    ...more,
    more: ['--ssl-reqd', ...(more.more ?? [])],
  });
}

test(
  'a message leaves completed, signed and without a trace of where its writer is',
  options,
  async () => {
    await using site = await startSubmissionSite();
    const sent = await send(site, { message: letter('Bcc: eve@far.test\r\n') });
    assert.equal(sent.exitCode, 0, sent.dialogue);
    const [stored] = await site.messages();
    assert.ok(stored !== undefined);
    assert.deepEqual([...site.scheduled.values()], [['internet']]);
    const { text, message } = stored;
    assert.match(
      text,
      /^Received: from mx\.here\.test \(submitted with a login\)\r\n\tby mx\.here\.test with ESMTPSA /,
    );
    assert.match(text, /\r\nDKIM-Signature: v=1; a=rsa-sha256; c=relaxed\/relaxed; d=here\.test; /);
    assert.match(
      text,
      /\r\nDate: [^\r]+ \+0000\r\nMessage-ID: <m[^@]+@here\.test>\r\n\r\nHello\r\n$/,
    );
    assert.doesNotMatch(text, /127\.0\.0\.1|laptop|Bcc|eve@/);
    assert.equal(message.origin.account, ana);
    assert.equal(message.origin.clientAddress, '127.0.0.1');
  },
);

test(
  'the signatures of submitted mail verify, whatever is in it (RFC 6376, RFC 8463)',
  {
    skip: options.skip || (hasVerifier ? false : 'python3-dkim and python3-nacl are not installed'),
  },
  async () => {
    await using site = await startSubmissionSite();
    const large = `${'0123456789 '.repeat(6)}\r\n`.repeat(8_000);
    for (const message of [
      letter(),
      letter('Bcc: eve@far.test\r\nX-Odd:  \t folded\r\n\tmore \r\n', '\r\n.\r\n..\r\n  \r\n\r\n'),
      letter('', large),
      letter(
        'Date: Sun, 22 Nov 2026 10:00:00 +0000\r\nMessage-ID: <1@here.test>\r\n',
        '\xfc\xff\r\n',
      ),
    ]) {
      const sent = await send(site, { message });
      assert.equal(sent.exitCode, 0, sent.dialogue);
    }
    const stored = await site.messages();
    assert.equal(stored.length, 4);
    const records = JSON.stringify(await site.records('here.test'));
    for (const { text } of stored) {
      const verified = spawnSync(
        python,
        [`${import.meta.dirname}/../../dkim/test/verify.py`, records],
        { input: Buffer.from(text, 'latin1') },
      );
      assert.equal(verified.stdout.toString(), 'ok\nok\n', verified.stderr.toString());
    }
    assert.equal(
      stored[2]?.text.endsWith(large),
      true,
      'the large one came whole through its file',
    );
    assert.equal(stored[3]?.message.envelope.body, '8bitmime');
  },
);

test('TLS from the start works too, and so does SCRAM', options, async () => {
  await using site = await startSubmissionSite();
  for (const mechanism of ['PLAIN', 'LOGIN', 'SCRAM-SHA-256']) {
    const url = `smtps://127.0.0.1:${site.ports.submissions}/x`;
    const sent = await send(site, { url, more: ['--login-options', `AUTH=${mechanism}`] });
    // A curl without libgsasl has no SCRAM; it says so before it connects.
    const isUnknown = mechanism.startsWith('SCRAM') && !/AUTH SCRAM-SHA-256 \w/.test(sent.dialogue);
    if (!isUnknown) assert.equal(sent.exitCode, 0, `${mechanism}: ${sent.dialogue}`);
  }
});

test('nobody sends as somebody else, and is told so in words (threat 29)', options, async () => {
  await using site = await startSubmissionSite();
  const sender = await send(site, { from: 'bob@here.test' });
  assert.match(
    sender.dialogue,
    /553 5\.7\.1 You are logged in as ana@here\.test, which may not send/,
  );
  const author = await send(site, { message: letter().replace(`<${ana}>`, '<bob@here.test>') });
  assert.match(author.dialogue, /550 5\.7\.1 The From or Sender of this message is bob@here\.test/);
  const other = await send(site, { message: letter(`Sender: bob@here.test\r\n`) });
  assert.match(other.dialogue, /550 5\.7\.1 /);
  const twice = await send(site, { message: `From: bob@here.test\r\n${letter()}` });
  assert.match(twice.dialogue, /550 5\.6\.0 /);
  assert.deepEqual(await site.messages(), []);
  const own = await send(site, {
    from: 'info@here.test',
    message: letter().replace(`<${ana}>`, '<info@here.test>'),
  });
  assert.equal(own.exitCode, 0, own.dialogue);
});

test('without a login nothing is taken (RFC 6409 §4.3)', options, async () => {
  await using site = await startSubmissionSite();
  const { user: _user, ...anonymous } = { user: undefined };
  const sent = await curl({
    ...anonymous,
    url: `smtp://127.0.0.1:${site.ports.submission}/x`,
    from: ana,
    to: ['bob@far.test'],
    message: letter(),
    more: ['--ssl-reqd'],
  });
  assert.match(sent.dialogue, /530 5\.7\.0 Please log in first/);
  const wrong = await send(site, { password: 'wrong' });
  assert.match(wrong.dialogue, /535 5\.7\.8 /);
  const clear = await send(site, { more: ['--no-ssl-reqd'] });
  assert.doesNotMatch(clear.dialogue, /235 /);
});

test('each recipient goes its own way, the other site included (design §2)', options, async () => {
  await using site = await startSubmissionSite();
  const to = ['x@here.test', 'y@us.test', 'z@alone.test', 'w@far.test'];
  const sent = await send(site, { to });
  assert.equal(sent.exitCode, 0, sent.dialogue);
  assert.deepEqual([...site.scheduled.values()].flat().toSorted(), [
    'internet',
    'local',
    'peer:us',
  ]);
});

test(
  'an account may send to so many in an hour; what was refused does not count',
  options,
  async () => {
    await using site = await startSubmissionSite({ recipientsPerHour: 3 });
    const refused = await send(site, { message: letter().replace(ana, 'bob@here.test') });
    assert.match(refused.dialogue, /550 5\.7\.1/);
    assert.equal((await send(site, { to: ['a@far.test', 'b@far.test'] })).exitCode, 0);
    assert.equal((await send(site, { to: ['c@far.test'] })).exitCode, 0);
    const over = await send(site, { to: ['d@far.test'] });
    assert.match(over.dialogue, /452 4\.7\.1 This account has sent to 3 recipients/);
    const names = site.events.map(({ name }) => name);
    assert.ok(names.includes('submission.limited'));
    const other = letter().replace(ana, 'bob@here.test');
    assert.equal(
      (await send(site, { user: 'bob@here.test', from: 'bob@here.test', message: other })).exitCode,
      0,
    );
  },
);

test(
  'the strangers door serves who logs in as a person, and nobody else (threat 6)',
  options,
  async () => {
    const strangers: EdgeHost = {
      judgeConnection: async () => undefined,
      closed: () => undefined,
      judgeSender: async () => undefined,
      judgeRecipient: async () => smtpReply(550, '5.7.1', 'Relaying denied'),
      beginMessage: async () => smtpReply(451, '4.3.0', 'never'),
      startDrain: async () => smtpReply(459, '4.7.1', 'no'),
    };
    await using site = await startSubmissionSite({ strangers });
    const url = `smtp://127.0.0.1:${site.ports.smtp}/x`;
    assert.equal((await send(site, { url })).exitCode, 0);
    const stranger = await curl({ url, from: ana, to: ['bob@far.test'], message: letter() });
    assert.match(stranger.dialogue, /550 5\.7\.1 Relaying denied/);
    assert.equal((await site.messages()).length, 1);
  },
);
