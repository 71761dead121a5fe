// A fixed next hop over real sockets: grouping, reuse, limits, broken connections.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHopDeliverer } from '@restante/delivery';
import type { HopDeliverer, HopDelivererOptions } from '@restante/delivery';
import type { SmtpTarget } from '@restante/smtp';
import { eventually, startScriptedServer } from '@restante/smtp/testing';
import { messageFor, never, takeMessages } from './sample.ts';

function targetAt(port: number): SmtpTarget {
  return {
    host: 'home.test',
    address: '127.0.0.1',
    port,
    protocol: 'smtp',
    helo: 'us.test',
    tls: { mode: 'none' },
  };
}

function delivererTo(
  ports: readonly number[],
  more: Partial<HopDelivererOptions> = {},
): HopDeliverer {
  return createHopDeliverer({
    targets: async () => ports.map(targetAt),
    ...more,
    pool: { limit: 2, messagesMax: 1_000, idleMaxMs: 10_000, stopGraceMs: 1_000, ...more.pool },
  });
}

test('all recipients of a message share a transaction, up to 100 (RFC 5321 §4.5.3.1.8)', async () => {
  const counts: number[] = [];
  await using server = await startScriptedServer((peer) =>
    takeMessages(peer, {
      judge: (recipient) => (recipient.startsWith('no') ? '550 5.1.1 nobody' : '250 ok'),
      onMessage: (recipients) => void counts.push(recipients.length),
    }),
  );
  await using deliverer = delivererTo([server.port]);
  const recipients = Array.from(
    { length: 250 },
    (_, number) => `${number % 50 === 0 ? 'no' : 'r'}${number}@home.test`,
  );
  const outcomes = await deliverer.attempt(messageFor(recipients), never);
  assert.deepEqual(counts, [100, 100, 50]);
  assert.deepEqual(outcomes.map(({ recipient }) => recipient).toSorted(), recipients.toSorted());
  assert.equal(outcomes.filter(({ outcome }) => outcome.kind === 'rejected').length, 5);
  assert.ok(
    outcomes.every(
      ({ outcome, isDsnPassedOn }) => (isDsnPassedOn === true) === (outcome.kind === 'delivered'),
    ),
  );
  assert.equal(server.connections, 1);
});

test('recipients that did not fit in go right behind (RFC 5321 §4.5.3.1.10)', async () => {
  const counts: number[] = [];
  await using server = await startScriptedServer((peer) =>
    takeMessages(peer, {
      judge: (_, index) => (index >= 3 ? '452 4.5.3 too many recipients' : '250 ok'),
      onMessage: (recipients) => void counts.push(recipients.length),
    }),
  );
  await using deliverer = delivererTo([server.port]);
  const recipients = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => `${name}@home.test`);
  const outcomes = await deliverer.attempt(messageFor(recipients), never);
  assert.ok(outcomes.every(({ outcome }) => outcome.kind === 'delivered'));
  assert.deepEqual(outcomes.map(({ recipient }) => recipient).toSorted(), recipients);
  assert.deepEqual(counts, [7, 4, 1]);
});

test('only the recipients of this attempt are named', async () => {
  const named: string[] = [];
  await using server = await startScriptedServer((peer) =>
    takeMessages(peer, { onMessage: (recipients) => void named.push(...recipients) }),
  );
  await using deliverer = delivererTo([server.port]);
  const whole = messageFor(['a@home.test', 'b@home.test']);
  await deliverer.attempt({ ...whole, recipients: ['b@home.test'] }, never);
  assert.deepEqual(named, ['RCPT TO:<b@home.test>']);
});

test('no more connections than the limit, which may change at any time; they are used again', async () => {
  let open = 0;
  let openMax = 0;
  let taken = 0;
  await using server = await startScriptedServer((peer) => {
    open += 1;
    openMax = Math.max(openMax, open);
    peer.socket.on('close', () => (open -= 1));
    return takeMessages(peer, {
      onMessage: async () => {
        taken += 1;
        await new Promise((resolve) => setTimeout(resolve, 5));
      },
    });
  });
  await using deliverer = delivererTo([server.port]);
  const send = (count: number) =>
    Promise.all(
      Array.from({ length: count }, () => deliverer.attempt(messageFor(['a@home.test']), never)),
    );
  await send(40);
  assert.equal(openMax, 2);
  deliverer.setLimit(5);
  await send(40);
  assert.equal(openMax, 5);
  assert.equal(server.connections, 5);
  deliverer.setLimit(1);
  await eventually(() => open === 1, 'surplus connections are closed');
  await send(5);
  assert.equal(taken, 85);
  assert.equal(server.connections, 5);
});

test('letters waited for ever because the limit sank while every connection was busy with several', async () => {
  let open = 0;
  let taken = 0;
  const turns: (() => void)[] = [];
  await using server = await startScriptedServer((peer) => {
    open += 1;
    peer.socket.on('close', () => (open -= 1));
    return takeMessages(peer, {
      onMessage: async () => {
        const { promise, resolve } = Promise.withResolvers<void>();
        turns.push(resolve);
        await promise;
      },
    });
  });
  const target = { ...targetAt(server.port), inFlightMax: 4 };
  await using deliverer = delivererTo([], { targets: async () => [target] });
  for (let count = 0; count < 12; count += 1)
    void deliverer.attempt(messageFor(['a@home.test']), never).then(() => (taken += 1));
  await eventually(() => turns.length === 2, 'both connections are at work');
  assert.equal(deliverer.stats.waiting, 4);

  deliverer.setLimit(1);
  await eventually(() => {
    // One after the other on both, so that each ends a letter while the other is still there.
    for (const goOn of turns.splice(0)) goOn();
    return taken === 12;
  }, 'who waited has had his turn');
  await eventually(() => open <= 1, 'one of them has left');
  assert.equal(server.connections, 2, 'and one has stayed');
});

test('idle connections are closed; worn ones are replaced', async () => {
  let open = 0;
  await using server = await startScriptedServer((peer) => {
    open += 1;
    peer.socket.on('close', () => (open -= 1));
    return takeMessages(peer);
  });
  await using deliverer = delivererTo([server.port], {
    pool: { limit: 1, messagesMax: 3, idleMaxMs: 100 },
  });
  for (let number = 0; number < 7; number += 1)
    await deliverer.attempt(messageFor(['a@home.test']), never);
  assert.equal(server.connections, 3);
  await eventually(() => open === 0, 'the idle connection is closed');
});

test('a connection that died while idle costs nothing: the message goes over a new one', async () => {
  for (const how of ['reset', '421'] as const) {
    await using server = await startScriptedServer(async (peer, connection) => {
      if (connection > 1) {
        await takeMessages(peer);
        return;
      }
      // The second MAIL meets a server that has had enough.
      let mails = 0;
      peer.socket.on('data', (chunk) => {
        if (!chunk.toString().startsWith('MAIL')) return;
        mails += 1;
        if (mails < 2) return;
        if (how === '421') peer.socket.end('421 4.4.2 idle too long\r\n');
        else peer.drops();
      });
      await takeMessages(peer);
    });
    await using deliverer = delivererTo([server.port]);
    await deliverer.attempt(messageFor(['a@home.test']), never);
    const [second] = await deliverer.attempt(messageFor(['a@home.test']), never);
    assert.equal(second?.outcome.kind, 'delivered', how);
    assert.equal(server.connections, 2);
  }
});

test('a next hop that takes the body and hangs up: unknown fate is deferred, and not repeated at once', async () => {
  let bodies = 0;
  await using server = await startScriptedServer((peer) =>
    takeMessages(peer, {
      onMessage: () => {
        bodies += 1;
        peer.drops();
      },
    }),
  );
  await using deliverer = delivererTo([server.port]);
  const [only] = await deliverer.attempt(messageFor(['a@home.test']), never);
  assert.equal(only?.outcome.kind === 'deferred' && only.outcome.cause, 'connection-lost');
  assert.equal(bodies, 1);
});

test('when no target gives a session everybody waiting is deferred at once; the next target is tried first', async () => {
  await using full = await startScriptedServer(async (peer) =>
    peer.says('421 4.7.0 too many connections'),
  );
  await using good = await startScriptedServer((peer) => takeMessages(peer));
  await using fallback = delivererTo([full.port, good.port]);
  const [first] = await fallback.attempt(messageFor(['a@home.test']), never);
  assert.equal(first?.outcome.kind, 'delivered');

  await using none = delivererTo([full.port], {
    pool: { limit: 2, messagesMax: 10, idleMaxMs: 1_000, reconnectPauseMs: 50 },
  });
  const all = await Promise.all(
    Array.from({ length: 20 }, () => none.attempt(messageFor(['a@home.test']), never)),
  );
  for (const [one] of all) {
    assert.equal(one?.outcome.kind === 'deferred' && one.outcome.cause, 'next-hop-unreachable');
    assert.match(one?.outcome.reply.text ?? '', /421 4\.7\.0 too many connections/);
  }
});

test('stopping answers who waits, and lets a message under way finish', async () => {
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await using server = await startScriptedServer((peer) =>
    takeMessages(peer, { onMessage: () => held, keywords: ['DSN'] }),
  );
  const deliverer = delivererTo([server.port], {
    pool: { limit: 1, messagesMax: 10, idleMaxMs: 1_000 },
  });
  const abort = new AbortController();
  const underWay = deliverer.attempt(messageFor(['a@home.test']), never);
  const aborted = deliverer.attempt(messageFor(['b@home.test']), abort.signal);
  const waiting = deliverer.attempt(messageFor(['c@home.test']), never);
  await eventually(
    () => deliverer.stats.waiting === 2 && deliverer.stats.connections === 1,
    'two wait',
  );
  abort.abort();
  assert.equal((await aborted)[0]?.outcome.reply.enhanced, '4.3.2');
  const stopped = deliverer[Symbol.asyncDispose]();
  assert.equal((await waiting)[0]?.outcome.reply.enhanced, '4.3.2');
  release();
  assert.equal((await underWay)[0]?.outcome.kind, 'delivered');
  await stopped;
  assert.equal(
    (await deliverer.attempt(messageFor(['d@home.test']), never))[0]?.outcome.kind,
    'deferred',
  );
});

test('extras go with the transaction, and the governor hears how it went', async () => {
  const lines: string[] = [];
  await using server = await startScriptedServer(async (peer) => {
    await peer.welcomes('PIPELINING', 'XRESTANTE', 'XFORWARD ADDR');
    lines.push(...(await peer.until('DATA')));
    peer.says('250 ok', '250 ok', '250 ok', '354 go');
    await peer.through('\r\n.\r\n');
    peer.says('250 ok');
    await peer.until('QUIT');
    peer.says('221 bye');
  });
  const heard: string[] = [];
  await using deliverer = delivererTo([server.port], {
    transactionExtras: ({ messageId, origin }) => ({
      mailParameters: new Map([['XRESTANTE', messageId]]),
      xforward: new Map([['ADDR', origin.clientAddress]]),
    }),
    onResult: (durationMs, kinds) => heard.push(`${durationMs >= 0} ${kinds.join()}`),
  });
  await deliverer.attempt(messageFor(['a@home.test']), never);
  assert.deepEqual(lines.slice(0, 2), [
    'XFORWARD ADDR=192.0.2.1',
    'MAIL FROM:<bo@client.test> XRESTANTE=m1',
  ]);
  assert.deepEqual(heard, ['true delivered']);
});
