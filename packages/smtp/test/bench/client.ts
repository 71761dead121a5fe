// How many messages a second twenty client connections move from memory into smtp-sink (Postfix's), on this machine.
//
//   node --conditions=source packages/smtp/test/bench/client.ts [--messages 50000] [--size 4096] [--connections 20] [--in-flight 1]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { connectSmtp } from '@restante/smtp';
import type { SmtpConnection, Transaction } from '@restante/smtp';
import { freePort } from '../../../../test/kit/free-port.ts';

const { values } = parseArgs({
  options: {
    messages: { type: 'string', default: '50000' },
    size: { type: 'string', default: '4096' },
    connections: { type: 'string', default: '20' },
    'in-flight': { type: 'string', default: '1' },
  },
});
const messages = Number(values.messages);
const connectionCount = Number(values.connections);
const inFlightMax = Number(values['in-flight']);

const port = await freePort();
const sink = spawn('/usr/sbin/smtp-sink', ['-u', 'nobody', `127.0.0.1:${port}`, '100'], {
  stdio: 'ignore',
});
try {
  await listening(port);
  const line = `${'x'.repeat(76)}\r\n`;
  const bytes = Buffer.from(
    `Subject: bench\r\n\r\n${line.repeat(Math.ceil(Number(values.size) / line.length))}`,
  );
  const transaction: Transaction = {
    envelope: {
      sender: 'bench@client.example.test',
      recipients: [{ address: 'ana@sink.example.test' }],
      body: '7bit',
      smtpUtf8: false,
    },
    body: { kind: 'bytes', bytes },
  };
  const connections = await Promise.all(
    Array.from({ length: connectionCount }, () =>
      connectSmtp({
        host: 'localhost',
        address: '127.0.0.1',
        port,
        protocol: 'smtp',
        helo: 'bench.example.test',
        tls: { mode: 'none' },
        inFlightMax,
      }),
    ),
  );
  let left = messages;
  let refused = 0;
  const work = async (connection: SmtpConnection) => {
    while (left > 0) {
      left -= 1;
      const { recipients } = await connection.send(transaction);
      if (recipients[0]?.reply.code !== 250) refused += 1;
    }
  };
  const started = performance.now();
  const cpu = process.cpuUsage();
  await Promise.all(
    connections.flatMap((connection) =>
      Array.from({ length: inFlightMax }, () => work(connection)),
    ),
  );
  const seconds = (performance.now() - started) / 1000;
  const spent = process.cpuUsage(cpu);
  const cpuUs = (spent.user + spent.system) / messages;
  console.log(
    `${Math.round(messages / seconds)} messages/s, ${cpuUs.toFixed(1)} us of CPU each, ${refused} refused`,
  );
  await Promise.all(connections.map((connection) => connection.close()));
} finally {
  sink.kill();
}

async function listening(at: number): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const socket = connect(at, '127.0.0.1');
    const isOpen = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isOpen) return;
    await sleep(50);
  }
  throw new Error('smtp-sink does not listen');
}
