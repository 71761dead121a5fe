// The session around a message: greeting, hello, sequence, small verbs, bad commands.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { smtpReply } from '@restante/mail-model';
import { eventually, startEdge } from './dialogue-kit.ts';
import { NotingHost } from './noting-host.ts';

test('a whole session, one command after the other (RFC 5321 §4.1.4)', async () => {
  await using server = await startEdge();
  const peer = await server.connect();
  await peer.expects('220 mx.example.test ESMTP');
  await peer.says(
    'EHLO client.example.test',
    '250-mx.example.test\n250-PIPELINING\n250-SIZE 1000000\n250-8BITMIME\n250-SMTPUTF8\n' +
      '250-DSN\n250-ENHANCEDSTATUSCODES\n250-CHUNKING\n250 LIMITS RCPTMAX=100',
  );
  await peer.says('MAIL FROM:<from@far.example.test>', '250 2.1.0 *');
  await peer.says('RCPT TO:<ana@home.example.test>', '250 2.1.5 *');
  await peer.says('DATA', '354 *');
  await peer.says('Subject: hello\r\n\r\n..dot\r\n.', '250 2.0.0 *');
  await peer.says('QUIT', '221 2.0.0 *');
  await peer.isHungUpOn();
  const [message] = server.host.taken;
  assert.equal(message?.body, 'Subject: hello\r\n\r\n.dot\r\n');
  assert.deepEqual(message?.envelope, {
    sender: 'from@far.example.test',
    recipients: [{ address: 'ana@home.example.test' }],
    body: '7bit',
    smtpUtf8: false,
  });
  assert.equal(message?.protocol, 'ESMTP');
  await eventually(() => server.host.closedIds.length === 1, 'the host hears of the end');
  const names = server.events.map((event) => event.name);
  assert.deepEqual(names, ['session.opened', 'session.closed']);
});

test('HELO works, and the protocol is then SMTP (RFC 5321 §4.1.1.1)', async () => {
  await using server = await startEdge();
  const peer = await server.connect();
  await peer.expects('220 *');
  await peer.says('HELO client.example.test', '250 mx.example.test');
  await peer.delivers('Subject: x\r\n\r\ny', '250 2.0.0 *');
  assert.equal(server.host.taken[0]?.protocol, 'SMTP');
});

test('commands out of order are refused with 503 (RFC 5321 §4.1.4)', async () => {
  await using server = await startEdge();
  const peer = await server.connect();
  await peer.expects('220 *');
  await peer.says('MAIL FROM:<a@b.test>', '503 5.5.1 *');
  await peer.says('RCPT TO:<ana@home.example.test>', '503 5.5.1 *');
  await peer.says('EHLO client.example.test', '250*');
  await peer.says('RCPT TO:<ana@home.example.test>', '503 5.5.1 *');
  await peer.says('DATA', '503 5.5.1 *');
  await peer.says('MAIL FROM:<a@b.test>', '250 2.1.0 *');
  await peer.says('MAIL FROM:<a@b.test>', '503 5.5.1 *');
  await peer.says('DATA', '503 5.5.1 *');
  await peer.says('RCPT TO:<eve@elsewhere.test>', '550 5.7.1 *');
  await peer.says('DATA', '554 5.5.1 *');
});

test('RSET and EHLO forget the transaction (RFC 5321 §4.1.1.5, §4.1.4)', async () => {
  await using server = await startEdge();
  const peer = await server.connect();
  await peer.greets();
  for (const forget of ['RSET', 'EHLO again.example.test', 'HELO again.example.test']) {
    await peer.says('MAIL FROM:<a@b.test>', '250 *');
    await peer.says('RCPT TO:<ana@home.example.test>', '250 *');
    await peer.says(forget, '250*');
    await peer.says('RCPT TO:<ana@home.example.test>', '503 5.5.1 *');
  }
});

test('the small verbs answer the same to everybody (RFC 5321 §3.5.3; threat 11)', async () => {
  await using server = await startEdge();
  const peer = await server.connect();
  await peer.greets();
  await peer.says('NOOP', '250 2.0.0 *');
  await peer.says('noop and more', '250 2.0.0 *');
  await peer.says('HELP', '214 2.0.0 *');
  const known = await peer.says('VRFY ana', '252 2.5.0 *');
  assert.equal(await peer.says('VRFY nobody-at-all', '252 *'), known);
  await peer.says('VRFY', '501 5.5.4 *');
  await peer.says('EXPN list', '502 5.5.1 *');
  await peer.says('TURN', '500 5.5.2 *');
  await peer.says('AUTH PLAIN AGEAYg==', '502 5.5.1 *');
  await peer.says('STARTTLS', '502 5.5.1 *');
  await peer.says('ETRN home.example.test', '459 4.7.1 *');
});

test('a hello that could hurt a header is refused, odd real ones are not (threat 10)', async () => {
  await using server = await startEdge({ limits: { badCommandsMax: 50 } });
  const peer = await server.connect();
  await peer.expects('220 *');
  for (const name of [
    '',
    'two words',
    'a\tb',
    '<script>',
    'a(b)',
    'x'.repeat(256),
    'a;b',
    'a\0b',
  ]) {
    await peer.says(`EHLO ${name}`, '501 Syntax*');
  }
  for (const name of [
    'localhost',
    '192.0.2.1',
    '[192.0.2.1]',
    '[IPv6:2001:db8::1]',
    'MY_PC',
    'münchen.example',
  ]) {
    await peer.says(`EHLO ${name}`, '250*');
  }
});

test('too many commands that are not SMTP end the session', async () => {
  await using server = await startEdge({ limits: { badCommandsMax: 3 } });
  const peer = await server.connect();
  await peer.greets();
  await peer.says('FOO', '500 5.5.2 *');
  await peer.says('BAR', '500 5.5.2 *');
  await peer.says('BAZ', '421 4.7.0 *');
  await peer.isHungUpOn();
});

test('command lines end in CRLF, have no other CR, and are bounded (RFC 5321 §2.3.8; threat 14)', async () => {
  await using server = await startEdge();
  const peer = await server.connect();
  await peer.greets();
  peer.sends('NOOP\n');
  await peer.expects('500 5.5.2 *CRLF*');
  peer.sends('NO\rOP\r\n');
  await peer.expects('500 5.5.2 *CRLF*');
  await peer.says(`MAIL FROM:<a@b.test> ${'X'.repeat(100_000)}`, '500 5.5.2 *too long*');
  peer.sends(Buffer.from([0x4d, 0x41, 0xff, 0x0d, 0x0a]));
  await peer.expects('500 5.5.2 *UTF-8*');
  await peer.delivers('still in step', '250 *');
});

test('whoever speaks before the greeting is sent away, and nothing is executed (threat 3)', async () => {
  await using server = await startEdge();
  const peer = await server.connect();
  peer.sends('EHLO bot.example.test\r\nMAIL FROM:<a@b.test>\r\n');
  await peer.expects('554 5.5.0 *');
  await peer.isHungUpOn();
  const refused = server.events.find((event) => event.name === 'session.refused');
  assert.equal(refused?.reason, 'early-talker');
});

test('whoever is trusted is greeted at once, and not behind the wait that strangers are tried with', async () => {
  const greeted: string[] = [];
  let sessions = 0;
  const host = new NotingHost({ greetsAtOnce: () => ++sessions > 1 });
  await using server = await startEdge({ host });
  const stranger = await server.connect();
  const friend = await server.connect();
  await Promise.all([
    stranger.expects('220 *').then(() => greeted.push('stranger')),
    friend.expects('220 *').then(() => greeted.push('friend')),
  ]);
  assert.deepEqual(greeted, ['friend', 'stranger']);
});

test('a host may refuse the connection, in words a greeting allows (RFC 5321 §3.1)', async () => {
  const answers = [smtpReply(554, '5.7.1', 'No'), smtpReply(450, '4.7.1', 'Later')];
  const host = new NotingHost({ judgeConnection: async () => answers.shift() });
  await using server = await startEdge({ host });
  const first = await server.connect();
  await first.expects('554 5.7.1 No');
  await first.isHungUpOn();
  const second = await server.connect();
  await second.expects('421 4.7.1 Later');
  await second.isHungUpOn();
  await eventually(() => host.closedIds.length === 2, 'closed() for both');
});

test('a client that closes its side behind its last command still gets the replies', async () => {
  await using server = await startEdge();
  const peer = await server.connect();
  await peer.greets();
  peer.sends('MAIL FROM:<a@b.test>\r\nRSET\r\nMAIL FROM:<half-a-comm');
  peer.finishes();
  await peer.expects('250 2.1.0 *');
  await peer.expects('250 2.0.0 *');
  await peer.isHungUpOn();
});

test('a browser that was tricked into talking to us is cut off', async () => {
  await using server = await startEdge();
  const peer = await server.connect();
  await peer.expects('220 *');
  peer.sends('POST / HTTP/1.1\r\nHost: x\r\n\r\nMAIL FROM:<a@b.test>\r\n');
  await peer.expects('421 4.7.0 *');
  await peer.isHungUpOn();
});
