// Notices against a web server and programs of the test's own.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '@restante/runtime';
import {
  createNotices,
  NoticesError,
  type NoticeEvent,
  type NoticesSettings,
} from '../src/index.ts';

const bare: NoticesSettings = {
  webhookTimeoutMs: 5_000,
  command: [],
  commandTimeoutMs: 20_000,
  attemptsMax: 4,
  quietMs: 60_000,
};
const notice = {
  kind: 'account.suspended',
  severity: 'critical',
  title: 'ana@x.test is suspended',
  text: 'Change its password.',
  facts: { account: 'ana@x.test', points: 105 },
} as const;

interface Webhook extends AsyncDisposable {
  readonly url: string;
  readonly bodies: string[];
}

async function startWebhook(
  answer: (request: IncomingMessage, response: ServerResponse, count: number) => void,
): Promise<Webhook> {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      bodies.push(Buffer.concat(chunks).toString());
      answer(request, response, bodies.length);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook/secret-token`,
    bodies,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function open(settings: Partial<NoticesSettings>, environment = {}) {
  const events: NoticeEvent[] = [];
  const notices = createNotices({
    settings: { ...bare, ...settings },
    site: 'shanghai',
    environment,
    onEvent: (event) => void events.push(event),
    clock: systemClock,
    pauseFirstMs: 1,
  });
  return { notices, events };
}

const codesOf = (events: readonly NoticeEvent[]) =>
  events.map((event) =>
    event.name === 'notice.failed' && event.cause instanceof NoticesError
      ? event.cause.code
      : event.name,
  );

test('a webhook gets one JSON document, after a while of not answering well', async () => {
  await using hook = await startWebhook((_request, response, count) => {
    response.statusCode = count < 3 ? 503 : 204;
    response.end();
  });
  const { notices, events } = open({ webhookUrl: 'env:HOOK' }, { HOOK: hook.url });
  notices.send(notice);
  await notices.settled();
  assert.deepEqual(codesOf(events), ['notice.sent']);
  assert.equal(hook.bodies.length, 3);
  const { id, at, ...said } = JSON.parse(hook.bodies[2] ?? '') as Record<string, unknown>;
  assert.ok(typeof id === 'string' && typeof at === 'string');
  assert.deepEqual(said, {
    product: 'restante',
    site: 'shanghai',
    kind: 'account.suspended',
    severity: 'critical',
    title: 'ana@x.test is suspended',
    text: '[shanghai] ana@x.test is suspended\nChange its password.',
    facts: { account: 'ana@x.test', points: 105 },
  });
});

test('a webhook that says no is not asked again, and leads nowhere else', async () => {
  await using elsewhere = await startWebhook((_request, response) => response.end());
  await using hook = await startWebhook((_request, response, count) => {
    response.statusCode = count === 1 ? 404 : 302;
    response.setHeader('location', elsewhere.url);
    response.end();
  });
  const { notices, events } = open({ webhookUrl: hook.url });
  notices.send(notice);
  notices.send(notice);
  await notices.settled();
  assert.deepEqual(codesOf(events), ['WEBHOOK_REFUSED', 'WEBHOOK_REFUSED']);
  assert.deepEqual([hook.bodies.length, elsewhere.bodies.length], [2, 0]);
});

test('silence, garbage and endless answers end in time, and no event shows the address', async () => {
  await using silent = await startWebhook(() => undefined);
  await using endless = await startWebhook((_request, response) => {
    response.statusCode = 500;
    const pour = (): void => {
      if (!response.destroyed) response.write('x'.repeat(65_536), () => void setImmediate(pour));
    };
    response.on('error', () => undefined);
    pour();
  });
  for (const { url } of [silent, endless]) {
    const { notices, events } = open({ webhookUrl: url, webhookTimeoutMs: 200, attemptsMax: 2 });
    notices.send(notice);
    await notices.settled();
    const [event] = events;
    assert.equal(event?.name, 'notice.failed');
    assert.doesNotMatch(String(event.name === 'notice.failed' && event.cause), /secret-token/);
  }
  const { notices, events } = open({ webhookUrlFile: '/nowhere/url', attemptsMax: 1 });
  notices.send(notice);
  await notices.settled();
  assert.deepEqual(codesOf(events), ['WEBHOOK_ADDRESS_MISSING']);
});

test('a command gets it on its input, with nothing in its arguments or environment', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'notices-'));
  try {
    const [script, out] = [join(dir, 'tell.sh'), join(dir, 'told')];
    await writeFile(script, '#!/bin/sh\ncat > "$1"\nenv | cut -d= -f1 | sort >> "$1"\n', {
      mode: 0o755,
    });
    const { notices, events } = open({ command: [script, out] });
    notices.send({ ...notice, title: '$(touch /tmp/pwned); `x`' });
    await notices.settled();
    assert.deepEqual(codesOf(events), ['notice.sent']);
    const told = await readFile(out, 'utf8');
    assert.match(told, /^\{"product":"restante".*"title":"\$\(touch \/tmp\/pwned\); `x`"/);
    assert.match(told, /\}LANG\nPATH\n(PWD\n)?(SHLVL\n)?(_\n)?$/);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});

test('a command that fails, is missing, or never ends is given up', async () => {
  for (const command of [['/bin/false'], ['/no/such/program'], ['/bin/sleep', '600']]) {
    const { notices, events } = open({ command, commandTimeoutMs: 300, attemptsMax: 2 });
    notices.send(notice);
    await notices.settled();
    assert.deepEqual(codesOf(events), ['COMMAND_FAILED'], command.join(' '));
  }
});

test('the same matter is told once, and a flood is bounded', async () => {
  await using hook = await startWebhook((_request, response) => response.end());
  const { notices, events } = open({ webhookUrl: hook.url });
  for (let times = 0; times < 5; times += 1) notices.send({ ...notice, key: 'ana' });
  for (let times = 0; times < 300; times += 1) notices.send({ ...notice, key: `n${times}` });
  await notices.settled();
  const codes = codesOf(events);
  assert.ok(codes.filter((code) => code === 'NOTICES_TOO_MANY').length >= 100);
  assert.equal(codes.length, 301);
});

test('a site that stops waits moments for its last words, not for a dead webhook', async () => {
  await using silent = await startWebhook(() => undefined);
  const { notices, events } = open({ webhookUrl: silent.url, webhookTimeoutMs: 100_000 });
  notices.send(notice);
  const startedMs = performance.now();
  await notices[Symbol.asyncDispose]();
  assert.ok(performance.now() - startedMs < 10_000);
  assert.equal(events[0]?.name, 'notice.failed');
});
