// Several mail servers of one domain on loopback: when one is lost midway, limits per address, and servers that are left alone.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createInternetDeliverer } from '@restante/delivery';
import type { InternetDelivererOptions, MxResolver } from '@restante/delivery';
import type { RestanteEvent } from '@restante/mail-model';
import { connectSmtp, SmtpConnectionError } from '@restante/smtp';
import { startScriptedServer } from '@restante/smtp/testing';
import type { ScriptedPeer } from '@restante/smtp/testing';
import { messageFor, never, takeMessages } from './sample.ts';

/** Every domain has two servers; the deliverer sees them at 192.0.2.1 and .2, and both are ports of loopback. */
const resolver: MxResolver = {
  resolve: async () => [
    { priority: 10, exchange: 'one.test' },
    { priority: 20, exchange: 'two.test' },
  ],
  lookup: async (host) => [{ address: host === 'one.test' ? '127.0.0.1' : '127.0.0.2' }],
};

function delivererTo(
  ports: { readonly one: number; readonly two: number },
  more: Partial<InternetDelivererOptions> = {},
) {
  return createInternetDeliverer({
    resolver,
    helo: 'us.test',
    allowPrivateAddresses: true,
    connect: async (target, options) => {
      const port = target.host === 'one.test' ? ports.one : ports.two;
      return Object.assign(await connectSmtp({ ...target, address: '127.0.0.1', port }, options), {
        target,
      });
    },
    ...more,
  });
}

const endings: readonly { readonly what: string; script(peer: ScriptedPeer): Promise<void> }[] = [
  {
    what: 'after MAIL',
    async script(peer) {
      await peer.welcomes();
      await peer.until('MAIL');
      peer.socket.resetAndDestroy();
    },
  },
  {
    what: 'by 421 at RCPT',
    async script(peer) {
      await peer.welcomes();
      await peer.until('MAIL');
      peer.says('250 ok');
      await peer.until('RCPT');
      peer.says('421 4.3.2 we close');
      peer.socket.end();
    },
  },
  {
    what: 'in place of 354',
    async script(peer) {
      await peer.welcomes('PIPELINING');
      await peer.until('DATA');
      peer.says('250 ok', '250 ok');
      peer.socket.end();
    },
  },
];

for (const { what, script } of endings) {
  test(`a server lost ${what} cannot have the message: the next one gets it at once`, async () => {
    let taken = 0;
    await using one = await startScriptedServer(script);
    await using two = await startScriptedServer((peer) =>
      takeMessages(peer, { onMessage: () => void (taken += 1) }),
    );
    await using deliverer = delivererTo({ one: one.port, two: two.port });
    const [only] = await deliverer.attempt(messageFor(['a@far.test']), never);
    assert.equal(only?.outcome.kind === 'delivered' && only.outcome.by, 'two.test');
    assert.equal(taken, 1);
  });
}

test('a server lost after the end of data may have the message: nobody else gets it (RFC 1047)', async () => {
  await using one = await startScriptedServer(async (peer) => {
    await peer.welcomes('PIPELINING');
    await peer.until('DATA');
    peer.says('250 ok', '250 ok', '354 go');
    await peer.through('\r\n.\r\n');
    peer.socket.resetAndDestroy();
  });
  await using two = await startScriptedServer((peer) => takeMessages(peer));
  await using deliverer = delivererTo({ one: one.port, two: two.port });
  const [only] = await deliverer.attempt(messageFor(['a@far.test']), never);
  assert.equal(only?.outcome.kind === 'deferred' && only.outcome.cause, 'connection-lost');
  assert.equal(only?.isUnreachable, undefined);
  assert.equal(two.connections, 0);
});

test('the limit for one address holds over all the domains it serves, and nobody starves', async () => {
  let open = 0;
  let most = 0;
  await using one = await startScriptedServer((peer) => takeMessages(peer));
  await using deliverer = delivererTo(
    { one: one.port, two: one.port },
    {
      connectionsMax: 4,
      connectionsPerAddressMax: 2,
      connect: async (target, options) => {
        most = Math.max(most, (open += 1));
        const connection = await connectSmtp({ ...target, port: one.port }, options);
        void connection.closed.then(() => (open -= 1));
        return connection;
      },
    },
  );
  const domains = Array.from({ length: 6 }, (_, index) => `d${index}.test`);
  const all = await Promise.all(
    domains.flatMap((domain) =>
      Array.from({ length: 5 }, async () => deliverer.attempt(messageFor([`a@${domain}`]), never)),
    ),
  );
  assert.ok(all.every(([only]) => only?.outcome.kind === 'delivered'));
  assert.ok(most <= 2, `${most} at once`);
});

test('a server that fails again and again is left alone, and the reply says why and for how long', async () => {
  const events: RestanteEvent[] = [];
  let tried = 0;
  await using deliverer = createInternetDeliverer({
    resolver,
    helo: 'us.test',
    allowPrivateAddresses: true,
    hostFailuresMax: 3,
    onEvent: (event) => events.push(event),
    connect: async (target) => {
      tried += 1;
      throw new SmtpConnectionError('SMTP_TIMEOUT', { phase: 'connect', peer: target.host });
    },
  });
  for (let turn = 0; turn < 10; turn += 1) {
    const [only] = await deliverer.attempt(messageFor([`a@d${turn}.test`]), never);
    assert.equal(only?.outcome.kind, 'deferred');
    assert.equal(only?.isUnreachable, true);
    if (turn > 3)
      assert.match(only?.outcome.reply.text ?? '', /left alone for 60 s; the last time: /);
  }
  assert.equal(tried, 6);
  assert.equal(events.filter(({ name }) => name === 'destination.changed').length, 2);
});

test('a greeting that refuses us is an answer: it is no reason to try from elsewhere', async () => {
  await using one = await startScriptedServer(async (peer) => peer.says('554 5.7.1 not you'));
  await using deliverer = delivererTo({ one: one.port, two: one.port });
  const [only] = await deliverer.attempt(messageFor(['a@far.test']), never);
  assert.equal(only?.outcome.kind, 'deferred');
  assert.equal(only?.isUnreachable, undefined);
});
