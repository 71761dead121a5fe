// MAIL and RCPT on the wire: addresses, parameters, limits, relay attempts.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { smtpReply } from '@restante/mail-model';
import { startEdge } from './dialogue-kit.ts';
import { NotingHost } from './noting-host.ts';

test('the envelope arrives as it was said, decoded (RFC 3461 §4, RFC 6152, RFC 6531)', async () => {
  await using server = await startEdge();
  const peer = await server.connect();
  await peer.greets();
  await peer.says(
    'MAIL FROM:<zoë@far.example.test> SIZE=500 BODY=8BITMIME SMTPUTF8 RET=FULL ENVID=q+2B1',
    '250 2.1.0 *',
  );
  await peer.says(
    'RCPT TO:<ana@HOME.example.test> NOTIFY=FAILURE,DELAY ORCPT=rfc822;ana+2Bx@old.example.test',
    '250 *',
  );
  await peer.says('RCPT TO:<"a b"@home.example.test>', '250 *');
  await peer.says('RCPT TO:<Postmaster>', '250 *');
  await peer.says('DATA', '354 *');
  await peer.says('x\r\n.', '250 *');
  const [message] = server.host.taken;
  assert.deepEqual(message?.envelope, {
    sender: 'zoë@far.example.test',
    recipients: [
      {
        address: 'ana@home.example.test',
        notify: ['failure', 'delay'],
        originalRecipient: 'rfc822;ana+x@old.example.test',
      },
      { address: '"a b"@home.example.test' },
      // RFC 5321 §4.1.1.3.
      { address: 'postmaster@mx.example.test' },
    ],
    body: '8bitmime',
    smtpUtf8: true,
    dsnReturn: 'full',
    envelopeId: 'q+1',
  });
  assert.equal(message?.mail.sizeBytes, 500);
  assert.equal(message?.protocol, 'UTF8SMTP');
});

test('UTF-8 in an address needs SMTPUTF8 (RFC 6531 §3.5)', async () => {
  await using server = await startEdge();
  const peer = await server.connect();
  await peer.greets();
  await peer.says('MAIL FROM:<zoë@far.example.test>', '553 5.6.7 *');
  await peer.says('MAIL FROM:<a@münchen.example.test>', '553 5.6.7 *');
  await peer.says('MAIL FROM:<>', '250 *');
  await peer.says('RCPT TO:<zoë@home.example.test>', '553 5.6.7 *');
});

test('the null sender is welcome (RFC 5321 §4.5.5)', async () => {
  await using server = await startEdge();
  const peer = await server.connect();
  await peer.greets();
  await peer.says('MAIL FROM:<>', '250 2.1.0 *');
  await peer.says('RCPT TO:<ana@home.example.test>', '250 *');
  await peer.says('DATA', '354 *');
  await peer.says('x\r\n.', '250 *');
  assert.equal(server.host.taken[0]?.envelope.sender, '');
});

test('what is no sender is 501 5.1.7, what is no parameter 555 or 501 (RFC 5321 §4.1.1.11)', async () => {
  await using server = await startEdge({ limits: { badCommandsMax: 50 } });
  const peer = await server.connect();
  await peer.greets();
  for (const sender of [
    'a',
    'a@',
    '@b.test',
    'a@@b.test',
    'a b@c.test',
    'a@b..test',
    'a@b.test.',
    'a\0@b.test',
  ]) {
    await peer.says(`MAIL FROM:<${sender}>`, '501 5.1.7 *');
  }
  await peer.says('MAIL FROM:a@b.test', '501 5.5.2 *');
  await peer.says('MAIL TO:<a@b.test>', '501 5.5.2 *');
  await peer.says('MAIL', '501 5.5.2 *');
  await peer.says('MAIL FROM:<a@b.test> FUTURE=1', '555 5.5.4 *FUTURE*');
  await peer.says('MAIL FROM:<a@b.test> XRESTANTE=x', '555 5.5.4 *');
  await peer.says('MAIL FROM:<a@b.test> SIZE=1 SIZE=2', '501 5.5.4 *twice*');
  // RFC 1870 §6.1.
  await peer.says('MAIL FROM:<a@b.test> SIZE=1000001', '552 5.3.4 *');
  await peer.says('MAIL FROM:<a@b.test> SIZE=1000000', '250 *');
  await peer.says('RCPT TO:<ana@home.example.test> FUTURE=1', '555 5.5.4 *');
});

const relayAttempts = [
  '',
  'eve@elsewhere.test',
  'eve%elsewhere.test@other.test',
  'elsewhere.test!eve@other.test',
  '"eve@elsewhere.test"@other.test',
  '@home.example.test:eve@elsewhere.test',
  'eve@[192.0.2.1]',
  'eve@elsewhere.test@home.example.test',
  'eve@@home.example.test',
  'eve@home.example.test.',
  'EVE@ELSEWHERE.TEST',
  'eve\0@home.example.test',
  'eve',
  'eve@',
  '@home.example.test',
];
void suite('what is not relayed', { concurrency: 8 }, () => {
  for (const attempt of relayAttempts) {
    test(`${JSON.stringify(attempt)} is not relayed: 550 (threat 6)`, async () => {
      await using server = await startEdge();
      const peer = await server.connect();
      await peer.greets();
      await peer.says('MAIL FROM:<a@b.test>', '250 *');
      await peer.says(`RCPT TO:<${attempt}>`, '550 5.*');
      await peer.says('DATA', '554 5.5.1 *');
    });
  }
});

test('a source route is ignored, the mailbox behind it counts (RFC 5321 appendix C)', async () => {
  await using server = await startEdge();
  const peer = await server.connect();
  await peer.greets();
  await peer.says('MAIL FROM:<@relay.test:a@b.test>', '250 *');
  await peer.says('RCPT TO:<@one.test,@two.test:ana@home.example.test>', '250 *');
  await peer.says('DATA', '354 *');
  await peer.says('x\r\n.', '250 *');
  assert.equal(server.host.taken[0]?.envelope.sender, 'a@b.test');
  assert.equal(server.host.taken[0]?.envelope.recipients[0]?.address, 'ana@home.example.test');
});

test('a recipient named twice is kept once', async () => {
  await using server = await startEdge();
  const peer = await server.connect();
  await peer.greets();
  await peer.says('MAIL FROM:<a@b.test>', '250 *');
  await peer.says('RCPT TO:<ana@home.example.test>', '250 2.1.5 *');
  await peer.says('RCPT TO:<ana@Home.Example.test>', '250 2.1.5 *');
  await peer.says('DATA', '354 *');
  await peer.says('x\r\n.', '250 *');
  assert.equal(server.host.taken[0]?.envelope.recipients.length, 1);
});

test('the 101st recipient is put off with 452, the others are taken (RFC 5321 §4.5.3.1.10)', async () => {
  await using server = await startEdge({ limits: { recipientsMax: 5 } });
  const peer = await server.connect();
  await peer.greets();
  await peer.says('MAIL FROM:<a@b.test>', '250 *');
  for (let count = 0; count < 100; count += 1)
    await peer.says(`RCPT TO:<u${count}@home.example.test>`, '250 *');
  await peer.says('RCPT TO:<one-more@home.example.test>', '452 4.5.3 *');
  await peer.says('RCPT TO:<u7@home.example.test>', '250 *');
  await peer.says('DATA', '354 *');
  await peer.says('x\r\n.', '250 *');
  assert.equal(server.host.taken[0]?.envelope.recipients.length, 100);
});

test('the words of the host reach the client, with its codes; 421 also ends the session', async () => {
  const host = new NotingHost({
    judgeRecipient: async (_session, { recipient }) => {
      if (recipient.address.startsWith('full')) return smtpReply(452, '4.2.2', 'Full\nTry later');
      if (recipient.address.startsWith('moved')) return smtpReply(251, '2.1.5', 'Will forward');
      return recipient.address.startsWith('flood') ? smtpReply(421, '4.7.0', 'Enough') : undefined;
    },
  });
  await using server = await startEdge({ host });
  const peer = await server.connect();
  await peer.greets();
  await peer.says('MAIL FROM:<a@b.test>', '250 *');
  await peer.says('RCPT TO:<full@x.test>', '452-4.2.2 Full\n452 4.2.2 Try later');
  await peer.says('RCPT TO:<moved@x.test>', '251 2.1.5 *');
  await peer.says('RCPT TO:<flood@x.test>', '421 4.7.0 Enough');
  await peer.isHungUpOn();
});
