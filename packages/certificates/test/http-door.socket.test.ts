import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { Agent, request } from 'undici';
import { createChallengeBook, fixedCertificate, openHttpDoor } from '@restante/certificates';
import { makePair } from './make-pair.ts';

test('challenges are answered, everything else goes to HTTPS at the same name', async () => {
  const challenges = createChallengeBook();
  using _answer = challenges.answer('token', 'token.print');
  await using door = await openHttpDoor({ listen: '127.0.0.1:0', challenges });
  const get = async (path: string, host = 'mx.example.test') =>
    request(`http://127.0.0.1:${door.port}${path}`, { headers: { host } });

  assert.equal(await (await get('/.well-known/acme-challenge/token')).body.text(), 'token.print');
  const other = await get('/mail/config-v1.1.xml?emailaddress=a@example.test');
  assert.equal(other.statusCode, 302);
  assert.equal(
    other.headers['location'],
    'https://mx.example.test/mail/config-v1.1.xml?emailaddress=a@example.test',
  );
  assert.equal((await get('/', 'evil.test/@')).statusCode, 400);
});

test('with a certificate the same door speaks HTTPS', async () => {
  const pair = await makePair({ names: ['localhost'] });
  await using door = await openHttpDoor({
    listen: '127.0.0.1:0',
    certificate: fixedCertificate(pair, Date.now()),
    otherwise: (_request, response) => void response.end('hello'),
  });
  const dispatcher = new Agent({ connect: { ca: pair.cert } });
  const { body } = await request(`https://localhost:${door.port}/`, { dispatcher });
  assert.equal(await body.text(), 'hello');
  await dispatcher.destroy();
});

test('one client that holds every connection does not keep the others out (threat 13)', async () => {
  await using door = await openHttpDoor({
    listen: '0.0.0.0:0',
    otherwise: (_request, response) => void response.end('hello'),
  });
  const silent = Array.from({ length: 300 }, () => {
    const socket = connect({ port: door.port, host: '127.0.0.1', localAddress: '127.0.0.2' });
    socket.on('error', () => undefined);
    return socket;
  });
  try {
    await Promise.all(silent.map(async (socket) => once(socket, 'connect').catch(() => undefined)));
    const { body } = await request(`http://127.0.0.1:${door.port}/`, { headersTimeout: 5_000 });
    assert.equal(await body.text(), 'hello');
  } finally {
    for (const socket of silent) socket.destroy();
  }
});
