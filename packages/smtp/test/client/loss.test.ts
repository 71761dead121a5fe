// What becomes of each recipient when the other side goes away, stops talking or talks nonsense, at every point.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectSmtp } from '@restante/smtp';
import type { RecipientResult } from '@restante/smtp';
import { ana, bob, messageTo, plainBody, streamed, targetAt } from './sample.ts';
import { startScriptedServer } from '@restante/smtp/testing';
import type { ScriptedPeer } from '@restante/smtp/testing';

const quick = {
  greetingMs: 200,
  helloMs: 200,
  mailMs: 200,
  rcptMs: 200,
  dataMs: 200,
  bodyMs: 200,
  endOfDataMs: 200,
};

interface Case {
  readonly title: string;
  readonly keywords?: readonly string[];
  readonly script: (peer: ScriptedPeer) => Promise<void>;
  readonly expected: readonly string[];
}

const cases: readonly Case[] = [
  {
    title: 'after MAIL',
    script: async (peer) => {
      await peer.until('DATA');
    },
    expected: ['ana mail lost', 'bob mail lost'],
  },
  {
    title: 'after the first RCPT was accepted and the second refused',
    script: async (peer) => {
      await peer.until('DATA');
      peer.says('250 ok', '250 ok', '550 5.1.1 no');
    },
    expected: ['ana data lost', 'bob rcpt 550'],
  },
  {
    title: 'between two RCPT, in the middle of a reply',
    script: async (peer) => {
      await peer.until('DATA');
      peer.sends('250 ok\r\n250 ok\r\n25');
    },
    expected: ['ana rcpt lost', 'bob rcpt lost'],
  },
  {
    title: 'after the last octet and before the reply',
    script: async (peer) => {
      await peer.until('DATA');
      peer.says('250 ok', '250 ok', '550 5.1.1 no', '354 go');
      await peer.through('\r\n.\r\n');
    },
    expected: ['ana end-of-data lost', 'bob rcpt 550'],
  },
  {
    title: 'after a whole message by BDAT, before any reply',
    keywords: ['PIPELINING', 'CHUNKING'],
    script: async (peer) => {
      await peer.until('BDAT');
      await peer.bytes(plainBody.length);
    },
    expected: ['ana end-of-data lost', 'bob end-of-data lost'],
  },
];

for (const { title, keywords = ['PIPELINING'], script, expected } of cases) {
  for (const ending of ['reset', 'silence'] as const) {
    test(`connection lost by ${ending} ${title}: every recipient has a result`, async () => {
      await using server = await startScriptedServer(async (peer) => {
        await peer.welcomes(...keywords);
        await script(peer);
        if (ending === 'silence') return;
        // What was said before must be on its way before the reset overtakes it.
        await new Promise((resolve) => setTimeout(resolve, 30));
        peer.drops();
      });
      const connection = await connectSmtp(
        targetAt(server.port, { timeouts: quick, answersAtOnce: true }),
      );
      const { recipients } = await connection.send(messageTo([ana, bob]));
      assert.deepEqual(recipients.map(inShort), expected);
      assert.ok(recipients.every(({ by, reply }) => by === 'answered' || reply.code === 451));
      assert.equal(connection.isUsable, false);
      const after = await connection.send(messageTo([ana]));
      assert.deepEqual(after.recipients.map(inShort), ['ana mail lost']);
    });
  }
}

test('421 in the middle of a transaction is the answer to it; what was behind it is lost (RFC 5321 §3.8)', async () => {
  await using server = await startScriptedServer(async (peer) => {
    await peer.welcomes('PIPELINING');
    await peer.until('DATA');
    peer.says('250 ok', '250 ok', '354 go');
    await peer.through('\r\n.\r\n');
    await peer.until('DATA');
    peer.says('421 4.3.2 shutting down');
    peer.socket.end();
  });
  const connection = await connectSmtp(targetAt(server.port, { inFlightMax: 2 }));
  const results = await Promise.all([
    connection.send(messageTo([ana])),
    connection.send(messageTo([bob])),
  ]);
  assert.deepEqual(
    results.map(({ recipients }) => recipients.map(inShort)),
    [['ana end-of-data 421'], ['bob mail lost']],
  );
  assert.equal(connection.isUsable, false);
});

test('a refusal in the middle of the body is the answer for everybody, and ends the connection', async () => {
  const chunk = Buffer.from(`${'z'.repeat(998)}\r\n`.repeat(60));
  await using server = await startScriptedServer(async (peer) => {
    await peer.welcomes('PIPELINING');
    await peer.until('DATA');
    peer.says('250 ok', '250 ok', '354 go');
    await peer.bytes(100_000);
    peer.says('552 5.3.4 too much');
  });
  const connection = await connectSmtp(targetAt(server.port));
  const { recipients } = await connection.send(endlessly(chunk));
  assert.deepEqual(recipients.map(inShort), ['ana body 552']);
  assert.equal(connection.isUsable, false);
});

test('connection lost in the middle of the body: nobody can have it', async () => {
  const chunk = Buffer.from(`${'z'.repeat(998)}\r\n`.repeat(60));
  await using server = await startScriptedServer(async (peer) => {
    await peer.welcomes('PIPELINING');
    await peer.until('DATA');
    peer.says('250 ok', '250 ok', '354 go');
    await peer.bytes(100_000);
    peer.drops();
  });
  const connection = await connectSmtp(targetAt(server.port));
  const { recipients } = await connection.send(endlessly(chunk));
  assert.deepEqual(recipients.map(inShort), ['ana body lost']);
});

test('a stored body that cannot be read to its end never counts as a message', async () => {
  let isDataEnded = false;
  await using server = await startScriptedServer(async (peer) => {
    await peer.welcomes('PIPELINING');
    await peer.until('DATA');
    peer.says('250 ok', '250 ok', '354 go');
    await peer.through('\r\n.\r\n');
    isDataEnded = true;
  });
  const connection = await connectSmtp(targetAt(server.port));
  let isFirst = true;
  const { recipients } = await connection.send({
    ...messageTo([ana]),
    body: {
      kind: 'stream',
      sizeBytes: 8,
      async *open() {
        yield Buffer.from('half');
        if (!isFirst) throw new Error('EIO');
        isFirst = false;
        yield Buffer.from('ed\r\n');
      },
    },
  });
  assert.deepEqual(recipients.map(inShort), ['ana body 451']);
  assert.equal(recipients[0]?.by, 'ours');
  assert.equal(connection.isUsable, false);
  assert.equal(isDataEnded, false);
});

test('a reply to nothing ends the connection, because none could be attributed after it', async () => {
  await using server = await startScriptedServer(async (peer) => {
    await peer.welcomes('PIPELINING');
    await peer.until('DATA');
    peer.says('250 ok', '250 ok', '354 go');
    await peer.through('\r\n.\r\n');
    peer.says('250 ok', '250 and one more');
  });
  const connection = await connectSmtp(targetAt(server.port));
  const { recipients } = await connection.send(messageTo([ana]));
  assert.deepEqual(recipients.map(inShort), ['ana end-of-data 250']);
  assert.equal(connection.isUsable, false);
});

test('replies that come octet by octet, in many lines or with bare LF are understood', async () => {
  await using server = await startScriptedServer(async (peer) => {
    await peer.welcomes('PIPELINING');
    await peer.until('DATA');
    for (const octet of '250-2.1.0 one\r\n250-2.1.0 two\r\n250 2.1.0 three\r\n250 ok\n354 go\r\n') {
      peer.sends(octet);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await peer.through('\r\n.\r\n');
    peer.sends('550-5.7.1 first\r\n550 5.7.1 second\r\n');
  });
  const connection = await connectSmtp(targetAt(server.port));
  const { recipients } = await connection.send(messageTo([ana]));
  assert.deepEqual(recipients[0]?.reply, { code: 550, enhanced: '5.7.1', text: 'first\nsecond' });
  connection.destroy();
});

/** A body that outlasts every socket buffer. */
function endlessly(chunk: Buffer) {
  return streamed(
    messageTo([ana]),
    Array.from({ length: 500 }, () => chunk),
  );
}

function inShort({ recipient, phase, by, reply }: RecipientResult): string {
  return `${recipient.slice(0, 3)} ${phase} ${by === 'lost' ? 'lost' : reply.code}`;
}
