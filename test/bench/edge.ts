// What the edge alone can take in: its own process, a host that says yes and a sink that forgets, pipelining raw sockets.
// No disk, no queue: the ceiling of everything above it.
//
//   node --conditions=source test/bench/edge.ts [--seconds 5] [--sessions 20] [--size 4096]
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { smtpReply } from '@restante/mail-model';
import { systemClock } from '@restante/runtime';
import { createEdge } from '@restante/smtp';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '5' },
    sessions: { type: 'string', default: '20' },
    size: { type: 'string', default: '4096' },
    serve: { type: 'boolean', default: false },
  },
});

const line = `${'x'.repeat(74)}\r\n`;
const body = Buffer.from(
  `Subject: bench\r\n\r\n${line.repeat(Math.max(1, Math.round(Number(values.size) / line.length)))}.\r\n`,
);
const envelope = Buffer.from(
  'MAIL FROM:<a@far.example.test>\r\nRCPT TO:<ana@home.example.test>\r\nDATA\r\n',
);
const bodyAndNext = Buffer.concat([body, envelope]);

if (values.serve) await serve();
else await measure();

async function serve(): Promise<void> {
  const reply = smtpReply(250, '2.0.0', 'Taken');
  const sink = {
    write: () => undefined,
    commit: async () => ({ reply }),
    abort: async () => undefined,
  };
  const edge = await createEdge({
    name: 'bench',
    hostname: 'mx.example.test',
    listen: { host: '127.0.0.1', port: 0 },
    limits: {
      messageMaxBytes: 50_000_000,
      headerMaxBytes: 262_144,
      lineMaxBytes: 65_536,
      recipientsMax: 100,
      connectionsMax: 1_000,
      connectionsPerAddressMax: 1_000,
      idleTimeoutMs: 300_000,
      sessionMaxMs: 3_600_000,
      dataMaxMs: 600_000,
      badCommandsMax: 10,
    },
    host: {
      judgeConnection: async () => undefined,
      closed: () => undefined,
      judgeSender: async () => undefined,
      judgeRecipient: async () => undefined,
      beginMessage: async () => sink,
      startDrain: async () => reply,
    },
    onEvent: () => undefined,
    clock: systemClock,
  });
  process.send?.({ port: edge.port });
  process.on('message', () => process.send?.({ cpu: process.cpuUsage() }));
}

async function measure(): Promise<void> {
  const server = fork(fileURLToPath(import.meta.url), ['--serve'], {
    execArgv: ['--conditions=source'],
  });
  try {
    const [{ port }] = (await once(server, 'message')) as [{ port: number }];
    const count = { messages: 0 };
    for (let session = 0; session < Number(values.sessions); session += 1) talk(port, count);
    // Greetings, and the compiler's warming up.
    await sleep(1_500);
    const [messages, cpu, at] = [count.messages, await cpuMs(server), performance.now()];
    await sleep(Number(values.seconds) * 1_000);
    const done = count.messages - messages;
    const cpuUsedMs = (await cpuMs(server)) - cpu;
    const perSecond = done / ((performance.now() - at) / 1_000);
    console.log(
      `${Math.round(perSecond)} messages/s of ${values.size} bytes, ${values.sessions} sessions; ` +
        `${Math.round(done / (cpuUsedMs / 1_000))} messages per CPU second of the edge`,
    );
  } finally {
    server.kill();
  }
}

/** One session for ever: whenever 354 comes, the body and the next envelope go out in one write (RFC 2920 §3.1). */
function talk(port: number, count: { messages: number }): void {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  let text = '';
  let isGreeted = false;
  socket.on('error', () => undefined);
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
    if (!isGreeted) {
      isGreeted = text.endsWith('\r\n');
      if (isGreeted) socket.write('EHLO client.example.test\r\n');
      if (isGreeted) text = '';
      return;
    }
    if (/^250 LIMITS.*\r\n$/m.test(text)) {
      socket.write(envelope);
      text = '';
      return;
    }
    if (!/^354 .*\r\n$/m.test(text)) return;
    text = '';
    count.messages += 1;
    socket.write(bodyAndNext);
  });
}

async function cpuMs(server: ReturnType<typeof fork>): Promise<number> {
  server.send('cpu');
  const [{ cpu }] = (await once(server, 'message')) as [{ cpu: NodeJS.CpuUsage }];
  return (cpu.user + cpu.system) / 1_000;
}
