// BDAT (RFC 3030): counted chunks, always read to their last octet, whatever the answer is.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { smtpReply } from '@restante/mail-model';
import { startEdge } from './dialogue-kit.ts';
import { NotingHost } from './noting-host.ts';

test('a message in chunks, dots and all, is the sum of its octets (RFC 3030 §2)', async () => {
  await using server = await startEdge();
  const peer = await server.connect();
  await peer.greets();
  await peer.says('MAIL FROM:<a@b.test>', '250 *');
  await peer.says('RCPT TO:<ana@home.example.test>', '250 *');
  peer.sends('BDAT 12\r\n.\r\n..\r\n.\r\nx\r');
  await peer.expects('250 2.0.0 12 *');
  peer.sends('BDAT 6 LAST\r\n\n.\r\nq\n'.replace('q\n', 'qq'));
  await peer.expects('250 2.0.0 Taken');
  assert.equal(server.host.taken[0]?.body, '.\r\n..\r\n.\r\nx\r\n.\r\nqq\r\n');
});

test('everything pipelined in one write is answered in order (RFC 2920 §3.1)', async () => {
  await using server = await startEdge();
  const peer = await server.connect();
  await peer.greets();
  const one =
    'MAIL FROM:<a@b.test>\r\nRCPT TO:<ana@home.example.test>\r\nBDAT 3\r\na\r\nBDAT 4\r\nMAILBDAT 0 LAST\r\n';
  peer.sends(one + one + 'QUIT\r\n');
  for (let message = 0; message < 2; message += 1) {
    await peer.expects('250 2.1.0 *');
    await peer.expects('250 2.1.5 *');
    await peer.expects('250 2.0.0 3 *');
    await peer.expects('250 2.0.0 4 *');
    await peer.expects('250 2.0.0 Taken');
  }
  await peer.expects('221 *');
  assert.deepEqual(
    server.host.taken.map((message) => message.body),
    ['a\r\nMAIL\r\n', 'a\r\nMAIL\r\n'],
  );
});

test('chunks nobody wants are read all the same, and never executed (RFC 3030 §2)', async () => {
  await using server = await startEdge();
  const peer = await server.connect();
  await peer.expects('220 *');
  await peer.says('EHLO x.test', '250*');
  peer.sends('BDAT 6\r\nQUIT\r\nBDAT 6 LAST\r\nQUIT\r\n');
  await peer.expects('503 5.5.1 *');
  await peer.expects('503 5.5.1 *');
  await peer.says('MAIL FROM:<a@b.test>', '250 *');
  await peer.says('RCPT TO:<eve@elsewhere.test>', '550 *');
  peer.sends('BDAT 6 LAST\r\nQUIT\r\n');
  await peer.expects('554 5.5.1 *');
  await peer.says('NOOP', '250 *');
});

test('after a refused chunk all further ones get the same answer, until LAST or RSET', async () => {
  const host = new NotingHost({ beginMessage: async () => smtpReply(452, '4.3.1', 'No room') });
  await using server = await startEdge({ host });
  const peer = await server.connect();
  await peer.greets();
  const begin = 'MAIL FROM:<a@b.test>\r\nRCPT TO:<ana@home.example.test>\r\n';
  peer.sends(
    `${begin}BDAT 6\r\nQUIT\r\nBDAT 6 LAST\r\nQUIT\r\n${begin}BDAT 2\r\nxxRSET\r\n${begin}`,
  );
  const codes = [];
  for (let count = 0; count < 10; count += 1) codes.push((await peer.reply()).slice(0, 3));
  assert.deepEqual(codes, ['250', '250', '452', '452', '250', '250', '452', '250', '250', '250']);
});

test('a bare LF in a chunk, or at the seam of two, refuses the message (threat 1)', async () => {
  await using server = await startEdge();
  const peer = await server.connect();
  await peer.greets();
  for (const [first, second] of [
    ['a\nb', 'c'],
    ['a\r', 'b'],
    ['a', '\nb'],
    ['ab', 'c\r'],
  ]) {
    peer.sends(`MAIL FROM:<a@b.test>\r\nRCPT TO:<ana@home.example.test>\r\n`);
    await peer.expects('250 *');
    await peer.expects('250 *');
    peer.sends(`BDAT ${first!.length}\r\n${first}BDAT ${second!.length} LAST\r\n${second}`);
    await peer.reply();
    await peer.expects('550 5.5.2 *');
  }
  assert.equal(server.host.taken.length, 0);
  assert.equal(server.host.aborted.length, 4);
});

test('DATA, MAIL and RCPT do not mix with chunks; RSET ends them (RFC 3030 §2)', async () => {
  await using server = await startEdge();
  const peer = await server.connect();
  await peer.greets();
  await peer.says('MAIL FROM:<a@b.test>', '250 *');
  await peer.says('RCPT TO:<ana@home.example.test>', '250 *');
  peer.sends('BDAT 2\r\nxy');
  await peer.expects('250 *');
  await peer.says('DATA', '503 5.5.1 *');
  await peer.says('MAIL FROM:<a@b.test>', '503 5.5.1 *');
  await peer.says('RCPT TO:<ana@home.example.test>', '503 5.5.1 *');
  await peer.says('RSET', '250 *');
  assert.deepEqual(server.host.aborted, ['RSET']);
  await peer.delivers('x', '250 *');
});

test('a chunk over the limit is read without being kept', async () => {
  await using server = await startEdge({ limits: { messageMaxBytes: 1_000 } });
  const peer = await server.connect();
  await peer.greets();
  await peer.says('MAIL FROM:<a@b.test>', '250 *');
  await peer.says('RCPT TO:<ana@home.example.test>', '250 *');
  peer.sends(`BDAT 2000000 LAST\r\n${'x\r\n'.repeat(666_666)}\r\n`);
  await peer.expects('552 5.3.4 *');
  await peer.says('NOOP', '250 *');
});

test('a count that cannot be read ends the session: nothing behind it can be understood', async () => {
  for (const argument of ['x', '-1', '', '1 FIRST', '1e3', '9999999999999999999']) {
    await using server = await startEdge();
    const peer = await server.connect();
    await peer.greets();
    await peer.says(`BDAT ${argument}`, '501 5.5.4 *');
    await peer.isHungUpOn();
  }
});
