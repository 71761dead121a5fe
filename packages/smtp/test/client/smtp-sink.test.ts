// Against foreign servers: Postfix's smtp-sink, and smtp-server in its LMTP form with TLS.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectSmtp } from '@restante/smtp';
import { SMTPServer } from 'smtp-server';
import { ana, bob, messageTo, targetAt } from './sample.ts';
import { selfSigned } from './self-signed.ts';
import { freePort } from '../../../../test/kit/free-port.ts';

test('smtp-sink takes 300 messages over 3 pipelined connections, byte for byte', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'restante-smtp-sink-'));
  t.after(() => rmSync(directory, { recursive: true }));
  await using sink = await startSink(['-d', join(directory, 'message.')]);
  const bodyOf = (number: number) =>
    `Subject: ${number}\r\n\r\n.${'.x\r\n'.repeat(number)}${number}\r\n`;
  const connections = await Promise.all(
    [1, 2, 3].map((inFlightMax) => connectSmtp(targetAt(sink.port, { inFlightMax }))),
  );
  const results = await Promise.all(
    Array.from({ length: 300 }, (_, number) =>
      connections[number % 3]!.send(messageTo([ana, bob], { body: bodyOf(number) })),
    ),
  );
  assert.ok(results.every(({ recipients }) => recipients.every(({ reply }) => reply.code === 250)));
  await Promise.all(connections.map((connection) => connection.close()));

  // The sink writes a header of its own before each message and LF for CRLF.
  const stored = readdirSync(directory).map((name) =>
    readFileSync(join(directory, name), 'latin1'),
  );
  const bodies = stored.map((text) => text.slice(text.indexOf('Subject: ')).trimEnd()).toSorted();
  const sent = results
    .map((_, number) => bodyOf(number).replaceAll('\r\n', '\n').trimEnd())
    .toSorted();
  assert.deepEqual(bodies, sent);
});

test('smtp-sink that refuses and hangs up at random phases: every recipient has exactly one result', async () => {
  for (const how of [
    ['-r', 'rcpt'],
    ['-f', 'mail'],
    ['-q', 'data'],
    ['-q', '.'],
    ['-r', '.'],
  ]) {
    await using sink = await startSink(how);
    const connection = await connectSmtp(targetAt(sink.port));
    const results = await Promise.all([1, 2, 3].map(() => connection.send(messageTo([ana, bob]))));
    for (const { recipients } of results) {
      assert.deepEqual(
        recipients.map(({ recipient }) => recipient).toSorted(),
        [ana, bob],
        how.join(' '),
      );
      assert.ok(
        recipients.every(({ reply }) => reply.code >= 400),
        how.join(' '),
      );
    }
    connection.destroy();
  }
});

test('smtp-server over TLS by LMTP: a reply for each recipient', async () => {
  const received: string[] = [];
  const server = new SMTPServer({
    ...selfSigned('localhost'),
    lmtp: true,
    authOptional: true,
    disabledCommands: ['AUTH'],
    onData(stream, session, done) {
      let text = '';
      stream.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
      stream.on('end', () => {
        received.push(text);
        const answers = session.envelope.rcptTo.map(({ address }) =>
          address === bob ? Object.assign(new Error('full'), { responseCode: 452 }) : 'kept',
        );
        done(null, answers);
      });
    },
  });
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const { port } = server.server.address() as AddressInfo;
  const target = targetAt(port, { protocol: 'lmtp', tls: { mode: 'required', verify: false } });
  const connection = await connectSmtp(target);
  const { recipients } = await connection.send(messageTo([ana, bob], { body: '.a\r\n..b\r\n' }));
  assert.deepEqual(
    recipients.map(({ reply }) => reply.code),
    [250, 452],
  );
  assert.deepEqual(received, ['.a\r\n..b\r\n']);
  await connection.close();
  await new Promise<void>((resolve) => server.close(() => resolve()));
});

interface Sink extends AsyncDisposable {
  readonly port: number;
}

async function startSink(options: readonly string[]): Promise<Sink> {
  const port = await freePort();
  const sink = spawn('/usr/sbin/smtp-sink', ['-u', 'root', ...options, `127.0.0.1:${port}`, '50'], {
    stdio: 'ignore',
  });
  for (let tries = 0; !(await isListening(port)); tries += 1) {
    assert.ok(tries < 200, 'smtp-sink listens');
    await sleep(25);
  }
  return {
    port,
    async [Symbol.asyncDispose]() {
      sink.kill();
      await once(sink, 'exit');
    },
  };
}

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
