// Pipelining (RFC 2920): what may be sent ahead is answered in order and in one go; what may not is not executed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { eventually, startEdge } from './dialogue-kit.ts';
import { NotingHost } from './noting-host.ts';

const group =
  'MAIL FROM:<a@b.test>\r\nRCPT TO:<ana@home.example.test>\r\nRCPT TO:<eve@elsewhere.test>\r\nDATA\r\n';

test('a group is answered in order, and the next one may follow the final dot (RFC 2920 §3.1)', async () => {
  await using server = await startEdge();
  const peer = await server.connect();
  await peer.greets();
  peer.sends(group);
  for (let message = 0; message < 3; message += 1) {
    await peer.expects('250 2.1.0 *');
    await peer.expects('250 2.1.5 *');
    await peer.expects('550 5.7.1 *');
    await peer.expects('354 *');
    peer.sends(`Subject: ${message}\r\n\r\nx\r\n.\r\n${message < 2 ? group : 'QUIT\r\n'}`);
    await peer.expects('250 2.0.0 *');
  }
  await peer.expects('221 *');
  assert.equal(server.host.taken.length, 3);
});

for (const [what, ahead] of [
  ['EHLO', 'EHLO x.test\r\nMAIL FROM:<a@b.test>\r\n'],
  ['DATA', `${group}Subject: early\r\n\r\nx\r\n.\r\nQUIT\r\n`],
  ['NOOP', 'NOOP\r\nNOOP\r\n'],
  ['VRFY', 'VRFY ana\r\nMAIL FROM:<a@b.test>\r\n'],
] as const) {
  test(`nothing is executed behind a ${what} that was not waited for: 554 5.5.0 (threat 3)`, async () => {
    const host = new NotingHost();
    await using server = await startEdge({ host });
    const peer = await server.connect();
    await peer.greets();
    peer.sends(ahead);
    let reply = await peer.reply();
    while (/^(250|550)/.test(reply)) reply = await peer.reply();
    assert.match(reply, /^554 5\.5\.0 /);
    await peer.isHungUpOn();
    assert.equal(host.taken.length, 0);
  });
}

test('without EHLO nothing may be pipelined (RFC 2920 §3)', async () => {
  await using server = await startEdge();
  const peer = await server.connect();
  await peer.expects('220 *');
  await peer.says('HELO x.test', '250 *');
  peer.sends('MAIL FROM:<a@b.test>\r\nRCPT TO:<ana@home.example.test>\r\n');
  await peer.expects('554 5.5.0 *');
  await peer.isHungUpOn();
});

test('a client that never reads is not read from for ever', async () => {
  await using server = await startEdge({ limits: { badCommandsMax: 1_000_000 } });
  const peer = await server.connect();
  await peer.greets();
  peer.pauses();
  const line = Buffer.from('RSET\r\n'.repeat(10_000));
  let sent = 0;
  const before = process.memoryUsage().rss;
  // The kernel's buffers take some megabytes; after that our writes have to wait.
  await eventually(() => {
    if (peer.unsentBytes > 4_000_000) return true;
    for (let round = 0; round < 20; round += 1) peer.sends(line);
    sent += line.length * 20;
    return false;
  }, 'the server stops reading');
  assert.ok(process.memoryUsage().rss - before < 200_000_000, `after ${sent} bytes`);
});

for (const answersLater of [false, true]) {
  const how = answersLater ? 'that takes its time' : 'that answers at once';
  test(`however a dialogue with a host ${how} is cut into segments, it ends the same (property)`, async () => {
    await using server = await startEdge({ host: new NotingHost({}, { answersLater }) });
    const turns = [
      'EHLO x.test\r\n',
      'MAIL FROM:<a@b.test> SIZE=10\r\nRCPT TO:<ana@home.example.test>\r\nRCPT TO:<eve@elsewhere.test>\r\nDATA\r\n',
      '..a\r\n.b\r\n\r\n.\r\nMAIL FROM:<>\r\nRCPT TO:<bob@home.example.test>\r\nBDAT 5\r\n.\r\nx\rBDAT 1\r\n\nBDAT 3 LAST\r\ny\r\nRSET\r\nFOO\r\nQUIT\r\n',
    ];
    const codes = [
      ['250'],
      ['250', '250', '550', '354'],
      ['250', '250', '250', '250', '250', '250', '250', '500', '221'],
    ];
    const run = async (sizes: readonly number[]) => {
      const before = server.host.taken.length;
      const peer = await server.connect();
      await peer.expects('220 *');
      for (const [index, turn] of turns.entries()) {
        const expected = codes[index] ?? [];
        let at = 0;
        for (let piece = 0; at < turn.length; piece += 1) {
          const size = (sizes[piece % sizes.length] ?? 0) + 1;
          peer.sends(turn.slice(at, at + size));
          at += size;
          // Lets the segment leave before the next one.
          await new Promise((resolve) => setImmediate(resolve));
        }
        for (const code of expected) await peer.expects(`${code}*`);
      }
      await peer.isHungUpOn();
      assert.deepEqual(
        server.host.taken.slice(before).map((message) => message.body),
        ['.a\r\nb\r\n\r\n', '.\r\nx\r\ny\r\n'],
      );
    };
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: 40 }), { minLength: 1, maxLength: 20 }), run),
      { numRuns: 15 },
    );
    await run([0]);
  });
}

test('a reply counts as read only when a command came after it (RFC 1047)', async () => {
  const gate = Promise.withResolvers<void>();
  const host = new NotingHost();
  await using server = await startEdge({ host });
  const peer = await server.connect();
  await peer.greets();
  // Waiting for the reply and then going on: read.
  await peer.delivers('one', '250 *');
  await peer.says('NOOP', '250 *');
  assert.deepEqual([host.seen, host.lost], [['message 0'], []]);

  // QUIT sent along with the final dot says nothing about the reply.
  await peer.says('MAIL FROM:<a@b.test>', '250 *');
  await peer.says('RCPT TO:<ana@home.example.test>', '250 *');
  await peer.says('DATA', '354 *');
  host.gate = gate.promise;
  peer.sends('two\r\n.\r\nQUIT\r\n');
  gate.resolve();
  await peer.expects('250 *');
  await peer.expects('221 *');
  await peer.isHungUpOn();
  await eventually(() => host.lost.length === 1, 'the reply counts as lost');
  assert.deepEqual([host.seen, host.lost], [['message 0'], ['message 1']]);
});

test('a client that is gone before the reply has not read it', async () => {
  const gate = Promise.withResolvers<void>();
  const host = new NotingHost();
  host.gate = gate.promise;
  await using server = await startEdge({ host });
  const peer = await server.connect();
  await peer.greets();
  await peer.says('MAIL FROM:<a@b.test>', '250 *');
  await peer.says('RCPT TO:<ana@home.example.test>', '250 *');
  await peer.says('DATA', '354 *');
  peer.sends('x\r\n.\r\n');
  await eventually(() => host.committing === 1, 'the commit has begun');
  peer.hangUp();
  gate.resolve();
  await eventually(() => host.lost.length === 1, 'the reply counts as lost');
  assert.equal(host.taken.length, 1);
  assert.deepEqual(host.seen, []);
});
