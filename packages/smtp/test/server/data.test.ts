// DATA: the end of it, what must not be in it, how much of it, and what becomes of it when the client goes away.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { smtpReply } from '@restante/mail-model';
import { eventually, startEdge } from './dialogue-kit.ts';
import { NotingHost } from './noting-host.ts';

// What lenient servers have taken for the end of data. Here each is part of a broken message.
const smuggling = [
  '\n.\n',
  '\n.\r\n',
  '\r\n.\n',
  '\r.\r',
  '\r.\r\n',
  '\r\n.\r',
  '\r.\n',
  '\n.\r',
  '\r\n\n.\r\n',
  '\n\r\n.\n',
  '\r\r\n.\r\r\n',
  '\r\n\r.\r\n',
  '\r\n.\r\r\n',
  '\n..\r\n',
  '\r..\r\n',
  '\n.\n\r\n',
  '\n\n.\n\n',
];
const injected =
  'MAIL FROM:<spoofed@bank.example.test>\r\nRCPT TO:<ana@home.example.test>\r\nDATA\r\nSubject: smuggled\r\n\r\nx';
void suite('what does not end a message', { concurrency: 8 }, () => {
  for (const ending of smuggling) {
    test(`${JSON.stringify(ending)} ends nothing: one refusal, nothing smuggled (threat 1)`, async () => {
      await using server = await startEdge();
      const peer = await server.connect();
      await peer.greets();
      await peer.delivers(`Subject: outer\r\n\r\nbody${ending}${injected}`, '550 5.5.2 *CRLF*');
      await peer.says('NOOP', '250 *');
      assert.equal(server.host.taken.length, 0);
      assert.deepEqual(server.host.aborted.length, 1);
      const refused = server.events.find((event) => event.name === 'message.refused');
      assert.match(refused?.reason ?? '', /^bare-(cr|lf)$/);
      await peer.delivers('Subject: next\r\n\r\nfine', '250 *');
    });
  }
});

test('NUL and 8-bit bytes, and dots in all places, pass unchanged (RFC 5321 §4.5.2)', async () => {
  await using server = await startEdge();
  const peer = await server.connect();
  await peer.greets();
  await peer.says('MAIL FROM:<a@b.test>', '250 *');
  await peer.says('RCPT TO:<ana@home.example.test>', '250 *');
  await peer.says('DATA', '354 *');
  peer.sends(Buffer.from('..\r\n...\r\n.a\r\n\r\nx\0\xff\xfe.\r\n.\r\n', 'latin1'));
  await peer.expects('250 *');
  assert.equal(server.host.taken[0]?.body, '.\r\n..\r\na\r\n\r\nx\0\xff\xfe.\r\n');
});

test('an empty message is a message', async () => {
  await using server = await startEdge();
  const peer = await server.connect();
  await peer.greets();
  await peer.says('MAIL FROM:<a@b.test>', '250 *');
  await peer.says('RCPT TO:<ana@home.example.test>', '250 *');
  await peer.says('DATA', '354 *');
  await peer.says('.', '250 *');
  assert.equal(server.host.taken[0]?.body, '');
});

test('a message over the limit is refused, the sink is aborted at once, the session goes on (RFC 1870 §6.3)', async () => {
  await using server = await startEdge({ limits: { messageMaxBytes: 50_000 } });
  const peer = await server.connect();
  await peer.greets();
  await peer.says('MAIL FROM:<a@b.test>', '250 *');
  await peer.says('RCPT TO:<ana@home.example.test>', '250 *');
  await peer.says('DATA', '354 *');
  peer.sends(`\r\n${`${'x'.repeat(98)}\r\n`.repeat(1_000)}`);
  await eventually(() => server.host.aborted.length === 1, 'aborted before the end');
  peer.sends(`${`${'x'.repeat(98)}\r\n`.repeat(50_000)}.\r\n`);
  await peer.expects('552 5.3.4 *50000*');
  await peer.delivers('small', '250 *');
});

test('overlong lines are 554 5.6.0, overlong headers 552 5.3.4 (threat 14)', async () => {
  await using server = await startEdge({ limits: { lineMaxBytes: 2_000, headerMaxBytes: 10_000 } });
  const peer = await server.connect();
  await peer.greets();
  await peer.delivers(`\r\n${'x'.repeat(2_000)}`, '250 *');
  await peer.delivers(`\r\n${'x'.repeat(2_001)}`, '554 5.6.0 *2000*');
  await peer.delivers(`X: ${'y'.repeat(1_000)}\r\n`.repeat(10), '552 5.3.4 *header*');
});

test('a host may refuse before 354; then nothing of a body is read (452 4.3.1, disk full)', async () => {
  const host = new NotingHost({ beginMessage: async () => smtpReply(452, '4.3.1', 'No room') });
  await using server = await startEdge({ host });
  const peer = await server.connect();
  await peer.greets();
  await peer.says('MAIL FROM:<a@b.test>', '250 *');
  await peer.says('RCPT TO:<ana@home.example.test>', '250 *');
  await peer.says('DATA', '452 4.3.1 No room');
  await peer.says('MAIL FROM:<a@b.test>', '250 *');
});

test('a client that goes away in the middle leaves nothing behind', async () => {
  await using server = await startEdge();
  const peer = await server.connect();
  await peer.greets();
  await peer.says('MAIL FROM:<a@b.test>', '250 *');
  await peer.says('RCPT TO:<ana@home.example.test>', '250 *');
  await peer.says('DATA', '354 *');
  peer.sends('half a mess');
  peer.hangUp();
  await eventually(() => server.host.aborted.length === 1, 'aborted');
  assert.equal(server.host.taken.length, 0);
  assert.equal(server.host.closedIds.length, 1);
});

test('a failure of ours is 451 4.3.0 and the session goes on (law 7)', async () => {
  const broken = () => {
    throw new Error('the disk is on fire');
  };
  const late = async () => {
    throw new Error('the disk is on fire');
  };
  const calm = { write: () => undefined, commit: late, abort: async () => undefined };
  const sinks = [calm, { ...calm, write: broken }, { ...calm, write: late }];
  const host = new NotingHost({
    judgeSender: async (_session, mail) => (mail.sender.startsWith('x') ? broken() : undefined),
    beginMessage: async () => sinks.shift() ?? broken(),
  });
  await using server = await startEdge({ host });
  const peer = await server.connect();
  await peer.greets();
  await peer.says('MAIL FROM:<x@b.test>', '451 4.3.0 *');
  await peer.delivers('commit rejects', '451 4.3.0 *');
  await peer.delivers('write throws', '451 4.3.0 *');
  await peer.delivers('write rejects', '451 4.3.0 *');
  await peer.says('MAIL FROM:<a@b.test>', '250 *');
  await peer.says('RCPT TO:<ana@home.example.test>', '250 *');
  await peer.says('DATA', '451 4.3.0 *');
  const reasons = server.events.flatMap((event) =>
    event.name === 'message.not-accepted' ? [event.reason] : [],
  );
  assert.deepEqual(reasons, ['MAIL', 'end-of-data', 'body', 'body', 'begin-message']);
});
