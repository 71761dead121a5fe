// Probes over real sockets, with the real SMTP client and real HTTPS: every way of being half-alive, one by one.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttpsServer } from 'node:https';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { before, test } from 'node:test';
import { systemClock } from '@restante/runtime';
import { connectSmtp } from '@restante/smtp';
import { createAskHealth, createProber } from '../src/index.ts';
import type { ProbeResult, ProberOptions } from '../src/index.ts';
import { makePki } from './certificates.ts';
import type { TestPki } from './certificates.ts';

const stageTimeoutMs = 400;

/** How a listener behaves; what is absent is done well. */
interface Manners {
  readonly greeting?: string;
  readonly ehlo?: string;
  readonly rcpt?: string;
  /** What it answers to every later line; absent: by the verb. */
  readonly dropAfterGreeting?: boolean;
}

async function listen(server: Server): Promise<{ readonly port: number } & AsyncDisposable> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function smtpServer(manners: Manners) {
  const server = createServer((socket) => {
    const say = (line: string | undefined, otherwise: string) => {
      const text = line ?? otherwise;
      if (text !== '') socket.write(`${text}\r\n`);
    };
    say(manners.greeting, '220 mx.example.test ready');
    if (manners.dropAfterGreeting === true) socket.end();
    socket.setEncoding('latin1');
    socket.on('data', (chunk: unknown) => {
      for (const line of String(chunk)
        .split('\r\n')
        .filter((part) => part !== '')) {
        if (/^EHLO/i.test(line)) say(manners.ehlo, '250-mx.example.test\r\n250 PIPELINING');
        else if (/^RCPT/i.test(line)) say(manners.rcpt, '250 2.1.5 fine');
        else if (/^QUIT/i.test(line)) socket.end('221 2.0.0 bye\r\n');
        else say(undefined, '250 2.0.0 fine');
      }
    });
  });
  return listen(server);
}

function probe(port: number, options: Partial<ProberOptions> = {}): Promise<ProbeResult> {
  return createProber({
    smtp: async () => ({
      host: 'mx.example.test',
      address: '127.0.0.1',
      port,
      protocol: 'smtp',
      helo: 'us.example.test',
      tls: { mode: 'opportunistic' },
    }),
    connect: connectSmtp,
    canary: 'postmaster@example.test',
    stageTimeoutMs,
    probeTimeoutMs: 2000,
    clock: systemClock,
    ...options,
  })();
}

async function failsAt(stage: string, manners: Manners, problem = /./): Promise<void> {
  await using server = await smtpServer(manners);
  const startedMs = performance.now();
  const result = await probe(server.port);
  assert.ok(!result.ok, 'it was taken for alive');
  assert.equal(result.stage, stage);
  assert.match(result.problem, problem);
  assert.ok(performance.now() - startedMs < 2500);
}

test('a server that accepts the canary is alive', async () => {
  await using server = await smtpServer({});
  assert.equal((await probe(server.port)).ok, true);
});

test('nobody listens: fails at tcp', async () => {
  const server = await smtpServer({});
  await server[Symbol.asyncDispose]();
  const result = await probe(server.port);
  assert.ok(!result.ok && result.stage === 'tcp', JSON.stringify(result));
});

test('a name that cannot be looked up fails at tcp', async () => {
  const result = await probe(1, { smtp: () => Promise.reject(new Error('SERVFAIL')) });
  assert.ok(!result.ok && result.stage === 'tcp');
  assert.match(result.problem, /SERVFAIL/);
});

test('half-alive: accepts TCP and never greets', () => failsAt('greeting', { greeting: '' }));
test('half-alive: greets with 554', () => failsAt('greeting', { greeting: '554 no service' }, /./));
test('half-alive: greets with 421', () =>
  failsAt('greeting', { greeting: '421 4.3.2 shutting down' }));
test('half-alive: speaks something else', () =>
  failsAt('greeting', { greeting: 'HTTP/1.1 400 Bad Request' }));
test('half-alive: hangs at EHLO', () => failsAt('ehlo', { ehlo: '' }));
test('half-alive: closes after the greeting', () => failsAt('ehlo', { dropAfterGreeting: true }));
test('half-alive: 4xx to the canary', () =>
  failsAt('rcpt', { rcpt: '452 4.3.1 disk full' }, /452 4\.3\.1 disk full/));
test('half-alive: hangs at RCPT', () => failsAt('rcpt', { rcpt: '' }));
test('a home whose first domain has no people yet is alive: "no such user" is an answer', async () => {
  await using server = await smtpServer({ rcpt: '550 5.1.1 unknown' });
  assert.equal((await probe(server.port)).ok, true);
});

let pki: TestPki;
before(async () => {
  pki = await makePki();
});

const health = { queueDepth: 12, diskFreeBytes: 5_000_000, acceptLatencyMs: 3, isAccepting: true };

async function siteApi(
  answer: (path: string) => { readonly status: number; readonly body: string } | undefined,
) {
  const server = createHttpsServer(
    { ca: pki.ca, ...pki.us, requestCert: true, rejectUnauthorized: true },
    (request, response) => {
      const said = answer(request.url ?? '');
      if (said !== undefined)
        response.writeHead(said.status, { 'content-type': 'application/json' }).end(said.body);
    },
  );
  return listen(server);
}

async function askSite(
  answer: (path: string) => { readonly status: number; readonly body: string } | undefined,
  own: { readonly cert: string; readonly key: string } = pki.shanghai,
  serverName = 'us.example.test',
): Promise<ProbeResult> {
  await using api = await siteApi(answer);
  await using smtp = await smtpServer({});
  const origin = async () => `https://127.0.0.1:${api.port}`;
  const asker = createAskHealth({
    origin,
    serverName,
    ca: pki.ca,
    ...own,
    timeoutMs: stageTimeoutMs,
  });
  try {
    return await probe(smtp.port, { askHealth: asker.ask });
  } finally {
    await asker.close();
  }
}

const json = (value: unknown, status = 200) => ({ status, body: JSON.stringify(value) });

test('a Restante peer also tells its load, over HTTPS with certificates on both sides', async () => {
  const result = await askSite((path) => (path === '/v1/health' ? json(health) : undefined));
  assert.ok(result.ok, JSON.stringify(result));
  assert.deepEqual(result.load, health);
});

test('a peer that says it does not accept is not alive, although its SMTP answers', async () => {
  const result = await askSite(() => json({ ...health, isAccepting: false }));
  assert.ok(!result.ok && result.stage === 'http');
});

test('another name in the certificate, an error, nonsense, silence or too much: all fail at http', async () => {
  const cases = [
    await askSite(() => json(health), pki.shanghai, 'tokyo.example.test'),
    await askSite(() => json({ error: 'no' }, 503)),
    await askSite(() => json({ queueDepth: 'many' })),
    await askSite(() => ({ status: 200, body: '<html>' })),
    await askSite(() => ({ status: 200, body: `"${'x'.repeat(200_000)}"` })),
    await askSite(() => undefined),
  ];
  for (const result of cases)
    assert.ok(!result.ok && result.stage === 'http', JSON.stringify(result));
});

test('without a certificate of the cluster the peer does not talk to us', async () => {
  const stranger = await makePki();
  const result = await askSite(() => json(health), stranger.shanghai);
  assert.ok(!result.ok && result.stage === 'http');
});
