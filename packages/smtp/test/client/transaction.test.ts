// The dialogue of one message, and of several behind each other, with a server that does what the test says.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectSmtp } from '@restante/smtp';
import { ana, bob, messageTo, plainBody, streamed, targetAt } from './sample.ts';
import { startScriptedServer } from '@restante/smtp/testing';

test('envelope and DATA leave in one group, the body after 354 (RFC 2920 §3.1)', async () => {
  let group = '';
  await using server = await startScriptedServer(async (peer) => {
    await peer.welcomes('PIPELINING', 'SIZE 1000000');
    group = (await peer.until('DATA')).join('|');
    peer.says('250 2.1.0 ok', '250 2.1.5 ok', '550 5.1.1 nobody here', '354 go');
    await peer.through('\r\n.\r\n');
    peer.says('250 2.0.0 kept as 1');
  });
  const connection = await connectSmtp(targetAt(server.port));
  const { recipients } = await connection.send(messageTo([ana, bob]));
  assert.equal(
    group,
    `MAIL FROM:<bo@client.example.test> SIZE=${plainBody.length}|RCPT TO:<${ana}>|RCPT TO:<${bob}>|DATA`,
  );
  assert.deepEqual(recipients, [
    {
      recipient: ana,
      reply: { code: 250, enhanced: '2.0.0', text: 'kept as 1' },
      phase: 'end-of-data',
      by: 'answered',
    },
    {
      recipient: bob,
      reply: { code: 550, enhanced: '5.1.1', text: 'nobody here' },
      phase: 'rcpt',
      by: 'answered',
    },
  ]);
  connection.destroy();
});

test('without PIPELINING every command waits for the reply to the one before', async () => {
  await using server = await startScriptedServer(async (peer) => {
    await peer.welcomes('8BITMIME');
    for (const start of ['MAIL', 'RCPT', 'RCPT', 'DATA']) {
      assert.match(await peer.line(), new RegExp(`^${start}`));
      assert.equal(peer.unread, '');
      peer.says(start === 'DATA' ? '354 go' : '250 ok');
    }
    await peer.through('\r\n.\r\n');
    peer.says('250 ok');
    assert.match(await peer.line(), /^MAIL/);
    peer.says('550 5.7.1 not you');
    assert.equal(await peer.line(), 'RSET');
    peer.says('250 ok');
  });
  const connection = await connectSmtp(targetAt(server.port));
  const first = await connection.send(messageTo([ana, bob]));
  assert.deepEqual(
    first.recipients.map(({ reply }) => reply.code),
    [250, 250],
  );
  const second = await connection.send(messageTo([ana]));
  assert.equal(second.recipients[0]?.phase, 'mail');
  assert.equal(await connection.isAlive(), true);
  assert.deepEqual(server.problems, []);
  connection.destroy();
});

test('dots are stuffed and a missing final CRLF is added, nothing else (RFC 5321 §4.5.2)', async () => {
  const bodies = ['.\r\n..\r\n.a\r\nb.\r\n.', '', 'a\r\n', 'a', '\r\n.\r\n.\r\n'];
  const seen: string[] = [];
  await using server = await startScriptedServer(async (peer) => {
    await peer.welcomes('PIPELINING');
    for (;;) {
      await peer.until('DATA');
      peer.says('250 ok', '250 ok', '354 go');
      let text = '\r\n';
      while (!text.endsWith('\r\n.\r\n')) text += await peer.through('\r\n');
      seen.push(text.slice(2, -3).replaceAll(/^\./gm, ''));
      peer.says('250 ok');
    }
  });
  const connection = await connectSmtp(targetAt(server.port));
  for (const body of bodies) {
    await connection.send(messageTo([ana], { body }));
    const octets = body.split('').map((one) => Buffer.from(one));
    await connection.send(streamed(messageTo([ana]), octets));
  }
  const expected = bodies.flatMap((body) => {
    const whole = body === '' || body.endsWith('\r\n') ? body : `${body}\r\n`;
    return [whole, whole];
  });
  assert.deepEqual(seen, expected);
  connection.destroy();
});

test('the next envelope follows the body without waiting for its reply (RFC 2920 §3.1)', async () => {
  await using server = await startScriptedServer(async (peer) => {
    await peer.welcomes('PIPELINING');
    await peer.until('DATA');
    peer.says('250 ok', '250 ok', '354 go');
    await peer.through('\r\n.\r\n');
    // The second envelope is here although the first message has no reply yet; no RSET is needed between them.
    assert.match(await peer.line(), /^MAIL/);
    await peer.until('DATA');
    peer.says('452 4.3.1 full', '250 ok', '250 ok', '354 go');
    await peer.through('\r\n.\r\n');
    peer.says('250 second');
  });
  const connection = await connectSmtp(targetAt(server.port, { inFlightMax: 2 }));
  const [first, second] = await Promise.all([
    connection.send(messageTo([ana])),
    connection.send(messageTo([bob])),
  ]);
  assert.equal(first.recipients[0]?.reply.code, 452);
  assert.equal(second.recipients[0]?.reply.text, 'second');
  assert.deepEqual(server.problems, []);
  connection.destroy();
});

test('when all recipients are refused and DATA is accepted all the same, an empty message ends it (RFC 2920 §3.1)', async () => {
  await using server = await startScriptedServer(async (peer) => {
    await peer.welcomes('PIPELINING');
    await peer.until('DATA');
    peer.says('250 ok', '550 5.1.1 no', '354 go');
    assert.equal(await peer.line(), '.');
    peer.says('554 5.5.1 no valid recipients');
    await peer.until('DATA');
    peer.says('250 ok', '550 5.1.1 no', '503 5.5.1 no recipients');
    assert.equal(await peer.line(), 'RSET');
    await peer.until('DATA');
    peer.says('250 ok', '250 ok', '250 ok', '354 go');
    await peer.through('\r\n.\r\n');
    peer.says('250 taken');
  });
  const connection = await connectSmtp(targetAt(server.port));
  for (const expected of [550, 550, 250]) {
    const { recipients } = await connection.send(messageTo([ana]));
    assert.equal(recipients[0]?.reply.code, expected);
  }
  assert.deepEqual(server.problems, []);
  connection.destroy();
});

test('to a server that answers at once whole messages follow each other in one round trip with CHUNKING, RSET between them (RFC 3030 §2)', async () => {
  await using server = await startScriptedServer(async (peer) => {
    await peer.welcomes('PIPELINING', 'CHUNKING');
    const heard: string[] = [];
    for (let message = 0; message < 3; message += 1) {
      heard.push(...(await peer.until('BDAT')));
      assert.equal(await peer.bytes(plainBody.length), plainBody);
    }
    const one = [
      'MAIL FROM:<bo@client.example.test>',
      `RCPT TO:<${ana}>`,
      `BDAT ${plainBody.length} LAST`,
    ];
    assert.deepEqual(heard, [...one, 'RSET', ...one, 'RSET', ...one]);
    peer.says('250 ok', '250 ok', '250 one');
    peer.says('250 reset', '250 ok', '550 5.1.1 no', '554 5.5.1 no valid recipients');
    peer.says('250 reset', '250 ok', '250 ok', '250 three');
  });
  const connection = await connectSmtp(
    targetAt(server.port, { inFlightMax: 8, answersAtOnce: true }),
  );
  const results = await Promise.all([1, 2, 3].map(() => connection.send(messageTo([ana]))));
  assert.deepEqual(
    results.map(({ recipients }) => recipients[0]?.reply.text),
    ['one', 'no', 'three'],
  );
  assert.deepEqual(server.problems, []);
  connection.destroy();
});

test('a long body by BDAT waits until somebody is accepted', async () => {
  const long = Buffer.from(`${'x'.repeat(998)}\r\n`.repeat(400));
  await using server = await startScriptedServer(async (peer) => {
    await peer.welcomes('PIPELINING', 'CHUNKING');
    await peer.until('RCPT');
    peer.says('250 ok', '550 5.1.1 no');
    assert.equal(await peer.line(), 'RSET');
    await peer.until('RCPT');
    assert.equal(peer.unread, '');
    peer.says('250 ok', '250 ok', '250 ok');
    assert.equal(await peer.line(), `BDAT ${long.length} LAST`);
    assert.equal((await peer.bytes(long.length)).length, long.length);
    peer.says('250 taken');
  });
  const connection = await connectSmtp(targetAt(server.port));
  const first = await connection.send(messageTo([ana], { body: long }));
  const second = await connection.send(messageTo([ana], { body: long }));
  assert.equal(first.recipients[0]?.reply.code, 550);
  assert.equal(second.recipients[0]?.reply.text, 'taken');
  assert.deepEqual(server.problems, []);
  connection.destroy();
});

test('LMTP gives each accepted recipient a reply of its own; nobody is named twice (RFC 2033 §4.2)', async () => {
  await using server = await startScriptedServer(async (peer) => {
    await peer.welcomes('PIPELINING');
    const named = await peer.until('DATA');
    assert.equal(named.length, 5);
    peer.says('250 ok', '250 ok', '550 5.1.1 no', '250 ok', '354 go');
    await peer.through('\r\n.\r\n');
    peer.says('250 2.1.5 <ana> stored', '452 4.2.2 <cai> mailbox full');
  });
  const connection = await connectSmtp(targetAt(server.port, { protocol: 'lmtp' }));
  const { recipients } = await connection.send(messageTo([ana, bob, 'cai@home.example.test', ana]));
  assert.deepEqual(
    recipients.map(({ recipient, reply }) => `${recipient} ${reply.code}`),
    [`${ana} 250`, `${bob} 550`, 'cai@home.example.test 452'],
  );
  connection.destroy();
});

test('XFORWARD comes before MAIL, only with the attributes that were offered, and may be refused', async () => {
  await using server = await startScriptedServer(async (peer) => {
    await peer.welcomes('PIPELINING', 'XFORWARD NAME ADDR');
    assert.equal(await peer.line(), 'XFORWARD NAME=a+2Bb.example.test ADDR=192.0.2.9');
    await peer.until('DATA');
    peer.says('550 5.7.0 not for you', '250 ok', '250 ok', '354 go');
    await peer.through('\r\n.\r\n');
    peer.says('250 ok');
  });
  const connection = await connectSmtp(targetAt(server.port));
  const xforward = new Map([
    ['NAME', 'a+b.example.test'],
    ['ADDR', '192.0.2.9'],
    ['SOURCE', 'REMOTE'],
  ]);
  const { recipients } = await connection.send(messageTo([ana], { xforward }));
  assert.equal(recipients[0]?.reply.code, 250);
  assert.deepEqual(server.problems, []);
  connection.destroy();
});

test('a probe asks for one recipient and leaves the server as it was', async () => {
  await using server = await startScriptedServer(async (peer) => {
    await peer.welcomes('PIPELINING');
    assert.equal((await peer.until('RSET')).join('|'), `MAIL FROM:<>|RCPT TO:<${ana}>|RSET`);
    peer.says('250 ok', '550 5.1.1 no', '250 ok');
    assert.equal(await peer.line(), 'ETRN home.example.test');
    peer.says('253 5 messages pending');
    assert.equal(await peer.line(), 'QUIT');
    peer.says('221 bye');
  });
  const connection = await connectSmtp(targetAt(server.port));
  assert.equal((await connection.tryRecipient(ana)).code, 550);
  assert.equal((await connection.command('ETRN home.example.test')).code, 253);
  await connection.close();
  assert.equal(connection.isUsable, false);
  assert.deepEqual(server.problems, []);
});

test('a long body is read from its source no faster than the server takes it', async () => {
  const chunk = Buffer.from(`${'y'.repeat(1022)}\r\n`.repeat(64));
  const chunks = 400;
  let yielded = 0;
  let yieldedWhileStopped = 0;
  let received = 0;
  await using server = await startScriptedServer(async (peer) => {
    await peer.welcomes('PIPELINING');
    await peer.until('DATA');
    peer.socket.pause();
    peer.says('250 ok', '250 ok', '354 go');
    let before = -1;
    while (before !== yielded || yielded === chunks) {
      before = yielded;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    yieldedWhileStopped = yielded - chunks;
    peer.socket.resume();
    received = (await peer.bytes(chunk.length * chunks + 3)).length - 3;
    peer.says('250 ok');
  });
  const connection = await connectSmtp(targetAt(server.port));
  const transaction = messageTo([ana]);
  const { recipients } = await connection.send({
    ...transaction,
    body: {
      kind: 'stream',
      sizeBytes: chunk.length * chunks,
      async *open() {
        for (let index = 0; index < chunks; index += 1) {
          yielded += 1;
          yield chunk;
        }
      },
    },
  });
  assert.equal(recipients[0]?.reply.code, 250);
  assert.equal(received, chunk.length * chunks);
  // Kernel buffers on loopback hold a few MiB; the rest of the 25 MiB stays at its source.
  assert.ok(
    yieldedWhileStopped < chunks / 2,
    `${yieldedWhileStopped} of ${chunks} chunks were read ahead`,
  );
  connection.destroy();
});
