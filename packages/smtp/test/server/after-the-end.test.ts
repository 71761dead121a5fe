// What becomes of a session that ends while something is still under way: nothing of it stays.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { smtpReply } from '@restante/mail-model';
import { eventually, startEdge } from './dialogue-kit.ts';
import { NotingHost } from './noting-host.ts';

const reply = smtpReply(250, '2.0.0', 'Taken');

test('a client that goes on sending after its time was over fills no memory, though its last bytes are still being written', async () => {
  const writing = Promise.withResolvers<void>();
  const host = new NotingHost({
    beginMessage: () => ({
      write: () => writing.promise,
      commit: async () => ({ reply }),
      abort: async () => undefined,
    }),
  });
  const limits = { messageMaxBytes: 1e9, dataMaxMs: 200, idleTimeoutMs: 60_000 };
  await using server = await startEdge({ host, limits });
  const client = connect({ port: server.edge.port, host: '127.0.0.1', allowHalfOpen: true });
  let heard = '';
  client.on('data', (chunk) => (heard += String(chunk)));
  const hears = (code: string) =>
    eventually(() => new RegExp(`^${code} `, 'm').test(heard), `it hears ${code}`);
  await hears('220');
  client.write('EHLO x.test\r\n');
  await hears('250');
  client.write('MAIL FROM:<a@b.test>\r\nRCPT TO:<ana@home.example.test>\r\nDATA\r\n');
  await hears('354');
  client.write('one\r\n');
  await hears('421');

  const before = process.memoryUsage().arrayBuffers;
  const junk = Buffer.from('y'.repeat(1_000_000));
  for (let sent = 0; sent < 200; sent += 1) if (!client.write(junk)) await once(client, 'drain');
  const kept = process.memoryUsage().arrayBuffers - before;
  writing.resolve();
  client.destroy();
  assert.ok(kept < 60_000_000, `${kept} bytes were kept`);
});

test('a client that is gone while the host thinks about its message leaves no sink that nobody ends', async () => {
  const thought = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  let aborted = 0;
  const host = new NotingHost({
    beginMessage: async () => {
      asked.resolve();
      await thought.promise;
      return {
        write: () => undefined,
        commit: async () => ({ reply }),
        abort: async () => void (aborted += 1),
      };
    },
  });
  await using server = await startEdge({ host });
  const peer = await server.connect();
  await peer.greets();
  await peer.says('MAIL FROM:<a@b.test>', '250 *');
  await peer.says('RCPT TO:<ana@home.example.test>', '250 *');
  peer.sends('DATA\r\n');
  await asked.promise;
  peer.breaksOff();
  await eventually(() => host.closedIds.length === 1, 'the session is over');
  thought.resolve();
  await eventually(() => aborted === 1, 'the sink was aborted');
});
