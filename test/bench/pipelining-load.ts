// A sender as modern mail servers are: envelope in one write (RFC 2920), body by BDAT where offered (RFC 3030), connections
// kept. A process of its own, so that its time is not the candidate's. Prints messages a second.
//
//   node pipelining-load.ts HOST:PORT MESSAGES SESSIONS SIZE RECIPIENT
import { connectSmtp } from '@restante/smtp';

const [endpoint = '', messages = '0', sessions = '1', sizeBytes = '0', to = ''] =
  process.argv.slice(2);
const [address = '', port = ''] = endpoint.split(':');
const line = `${'x'.repeat(70)}\r\n`;
const head = 'From: <load@stranger.test>\r\nSubject: load\r\n\r\n';
const bytes = Buffer.from(head + line.repeat(Math.ceil((Number(sizeBytes) - head.length) / 72)));
let left = Number(messages);

const target = {
  host: address,
  address,
  port: Number(port),
  protocol: 'smtp',
  helo: 'load.stranger.test',
  tls: { mode: 'none' },
} as const;
const connections = await Promise.all(
  Array.from({ length: Number(sessions) }, async () => connectSmtp(target)),
);
const startedMs = performance.now();
await Promise.all(
  connections.map(async (connection) => {
    while (left > 0) {
      left -= 1;
      const { recipients } = await connection.send({
        envelope: {
          sender: 'load@stranger.test',
          recipients: [{ address: to }],
          body: '7bit',
          smtpUtf8: false,
        },
        body: { kind: 'bytes', bytes },
      });
      const code = recipients[0]?.reply.code;
      if (code !== 250) throw new Error(`${endpoint} answered ${code}`);
    }
  }),
);
process.stdout.write(`${Number(messages) / ((performance.now() - startedMs) / 1000)}\n`);
await Promise.all(connections.map(async (connection) => connection.close()));
