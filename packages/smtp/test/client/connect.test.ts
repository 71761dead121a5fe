// From the first octet to a usable session, or to an SmtpConnectionError that says where it ended.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TLSSocket } from 'node:tls';
import { connectSmtp, SmtpConnectionError } from '@restante/smtp';
import type { SmtpTarget } from '@restante/smtp';
import { ana, messageTo, targetAt } from './sample.ts';
import { selfSigned } from './self-signed.ts';
import { startScriptedServer } from '@restante/smtp/testing';
import type { ScriptedPeer } from '@restante/smtp/testing';

const quick = { connectMs: 2_000, greetingMs: 150, helloMs: 150 };
const { key, cert } = selfSigned('mx.example.test');

async function failureOf(target: SmtpTarget): Promise<SmtpConnectionError> {
  try {
    (await connectSmtp(target)).destroy();
  } catch (failure) {
    assert.ok(failure instanceof SmtpConnectionError);
    return failure;
  }
  throw new Error('a session came to be');
}

test('a server that does not know EHLO is greeted with HELO and promised nothing (RFC 5321 §3.2)', async () => {
  await using server = await startScriptedServer(async (peer) => {
    peer.says('220-old', '220 server');
    assert.equal(await peer.line(), 'EHLO client.example.test');
    peer.says('502 what?');
    assert.equal(await peer.line(), 'HELO client.example.test');
    peer.says('250 hello');
  });
  const connection = await connectSmtp(targetAt(server.port));
  assert.equal(connection.capabilities.size, 0);
  assert.equal(connection.greeting.text, 'old\nserver');
  connection.destroy();
});

test('LMTP says LHLO and has no older greeting to fall back to (RFC 2033 §4.1)', async () => {
  await using server = await startScriptedServer(async (peer) => {
    peer.says('220 lmtp');
    assert.equal(await peer.line(), 'LHLO client.example.test');
    peer.says('500 what?');
  });
  const failure = await failureOf(targetAt(server.port, { protocol: 'lmtp' }));
  assert.equal(failure.phase, 'hello');
  assert.deepEqual(server.problems, []);
});

const refusals: readonly (readonly [
  string,
  (peer: ScriptedPeer) => Promise<void>,
  string,
  string,
])[] = [
  [
    'a greeting of 554',
    async (peer) => peer.says('554 5.3.2 no service'),
    'greeting',
    'SMTP_REFUSED',
  ],
  [
    'a greeting of 421',
    async (peer) => peer.says('421 4.7.0 too many connections'),
    'greeting',
    'SMTP_REFUSED',
  ],
  ['silence instead of a greeting', async () => {}, 'greeting', 'SMTP_TIMEOUT'],
  [
    'a web server',
    async (peer) => peer.says('HTTP/1.1 400 Bad Request'),
    'greeting',
    'SMTP_GARBAGE',
  ],
  [
    'a line without end',
    async (peer) => peer.sends('220'.repeat(3_000)),
    'greeting',
    'SMTP_GARBAGE',
  ],
  [
    'a greeting without end',
    async (peer) => peer.sends('220-and\r\n'.repeat(500)),
    'greeting',
    'SMTP_GARBAGE',
  ],
  ['a hang-up', async (peer) => void peer.socket.end(), 'greeting', 'SMTP_LOST'],
  [
    'silence after EHLO',
    async (peer) => {
      peer.says('220 hi');
      await peer.line();
    },
    'hello',
    'SMTP_TIMEOUT',
  ],
];

for (const [title, script, phase, code] of refusals) {
  test(`no session after ${title}`, async () => {
    await using server = await startScriptedServer(script);
    const failure = await failureOf(targetAt(server.port, { timeouts: quick }));
    assert.equal(`${failure.phase} ${failure.code}`, `${phase} ${code}`);
    assert.equal(failure.reply !== undefined, code === 'SMTP_REFUSED');
  });
}

test('a refused connection says so, and an abort ends the wait at once', async () => {
  await using server = await startScriptedServer(async () => {});
  const { port } = server;
  const abort = new AbortController();
  const waiting = connectSmtp(targetAt(port), { signal: abort.signal });
  setTimeout(() => abort.abort(), 20);
  await assert.rejects(waiting, { code: 'SMTP_STOPPED', phase: 'greeting' });
  await server[Symbol.asyncDispose]();
  const failure = await failureOf(targetAt(port));
  assert.equal(`${failure.phase} ${failure.code}`, 'connect SMTP_UNREACHABLE');
});

/** Answers STARTTLS and goes on inside TLS. */
async function withTls(peer: ScriptedPeer): Promise<TLSSocket> {
  await peer.welcomes('STARTTLS', 'OLD');
  assert.equal(await peer.line(), 'STARTTLS');
  peer.socket.removeAllListeners('data');
  peer.says('220 go');
  const secured = new TLSSocket(peer.socket, { isServer: true, key, cert });
  secured.on('error', () => undefined);
  secured.on('data', (chunk) => {
    if (chunk.toString().startsWith('EHLO')) secured.write('250-inside\r\n250 NEW\r\n');
  });
  return secured;
}

test('after STARTTLS everything said in clear text is forgotten (RFC 3207 §4.2)', async () => {
  await using server = await startScriptedServer(async (peer) => void (await withTls(peer)));
  const connection = await connectSmtp(targetAt(server.port, { tls: { mode: 'opportunistic' } }));
  assert.deepEqual([...connection.capabilities.keys()], ['NEW']);
  assert.match(connection.tls ?? '', /^TLSv1\.3 TLS_/);
  connection.destroy();
});

test('required TLS checks chain and name of the certificate', async () => {
  await using server = await startScriptedServer(async (peer) => void (await withTls(peer)));
  const tls = { mode: 'required', ca: cert, serverName: 'mx.example.test' } as const;
  const connection = await connectSmtp(targetAt(server.port, { tls }));
  connection.destroy();
  for (const wrong of [
    { ...tls, serverName: 'other.example.test' },
    { mode: 'required' } as const,
  ]) {
    const failure = await failureOf(targetAt(server.port, { tls: wrong }));
    assert.equal(`${failure.phase} ${failure.code}`, 'starttls SMTP_TLS_FAILED');
  }
});

test('required TLS that is not offered, or not given, is no session', async () => {
  for (const keywords of [['SIZE'], ['STARTTLS']]) {
    await using server = await startScriptedServer(async (peer) => {
      await peer.welcomes(...keywords);
      await peer.line();
      peer.says('454 4.7.0 not now');
    });
    const failure = await failureOf(targetAt(server.port, { tls: { mode: 'required' } }));
    assert.equal(failure.code, 'SMTP_TLS_NOT_OFFERED');
  }
});

test('what comes behind the answer to STARTTLS is an injection and ends the session (RFC 3207 §6)', async () => {
  for (const injected of ['250 injected\r\n', '250-inj', '\x16\x03\x01']) {
    await using server = await startScriptedServer(async (peer) => {
      await peer.welcomes('STARTTLS');
      await peer.line();
      peer.sends(`220 go\r\n${injected}`);
    });
    const failure = await failureOf(targetAt(server.port, { tls: { mode: 'required' } }));
    assert.equal(`${failure.phase} ${failure.code}`, 'starttls SMTP_GARBAGE');
  }
});

test('opportunistic TLS: when the handshake fails, a second connection goes in clear text (RFC 7435)', async () => {
  await using server = await startScriptedServer(async (peer, connection) => {
    await peer.welcomes('STARTTLS', 'PIPELINING');
    if (connection > 1) {
      assert.match(await peer.line(), /^MAIL/);
      await peer.until('DATA');
      peer.says('250 ok', '250 ok', '354 go');
      await peer.through('\r\n.\r\n');
      peer.says('250 ok');
      return;
    }
    await peer.line();
    peer.says('220 go');
    await peer.bytes(5);
    peer.says('this is not a handshake');
  });
  const connection = await connectSmtp(targetAt(server.port, { tls: { mode: 'opportunistic' } }));
  assert.equal(connection.tls, undefined);
  assert.equal(server.connections, 2);
  const { recipients } = await connection.send(messageTo([ana]));
  assert.equal(recipients[0]?.reply.code, 250);
  connection.destroy();
});

test('XCLIENT is sent once, when offered, and the session begins again', async () => {
  await using server = await startScriptedServer(async (peer) => {
    await peer.welcomes('XCLIENT ADDR HELO');
    assert.equal(await peer.line(), 'XCLIENT ADDR=192.0.2.7 HELO=[UNAVAILABLE]');
    peer.says('220 hello again');
    assert.match(await peer.line(), /^EHLO/);
    peer.says('250-scripted', '250 SIZE');
  });
  const xclient = new Map([
    ['ADDR', '192.0.2.7'],
    ['HELO', ''],
    ['LOGIN', 'x'],
  ]);
  const connection = await connectSmtp(targetAt(server.port, { xclient }));
  assert.deepEqual(server.problems, []);
  assert.equal(connection.capabilities.has('SIZE'), true);
  connection.destroy();
});
