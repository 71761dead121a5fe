// A thousand clients that trickle, fall silent in the middle of a handshake or never end their message, and a healthy one beside them that
// hardly notices; the slow ones are ended by deadlines (threat 13). And what is huge is read in linear time (threat 14).
//
// RESTANTE_SLOW sets how many; RESTANTE_PATIENT=1 also waits the minute until the last trickled message is ended (soak).
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startBackupSite, type BackupSite } from '../kit/backup-site.ts';
import { Dialogue, numberedLetter, sendLetter } from '../kit/dialogue.ts';
import { numberFrom, report } from '../kit/findings.ts';
import { freePort } from '../kit/free-port.ts';
import { temporaryDirectory, type TemporaryDirectory } from '../kit/temporary-directory.ts';
import { until } from '../kit/until.ts';

const slowClients = numberFrom('RESTANTE_SLOW', 1000);
const isPatient = numberFrom('RESTANTE_PATIENT', 0) === 1;
const healthyLetters = 150;
const idleMs = 5000;
const dataMaxMs = 60_000;

let dir: TemporaryDirectory;
let site: BackupSite;
before(async () => {
  dir = await temporaryDirectory();
  site = await startBackupSite({
    dir: join(dir.path, 'site'),
    home: `127.0.0.1:${await freePort()}`,
    settings:
      '[limits]\nconnections_max = 4000\nconnections_per_address_max = 4000\nidle_timeout = "5s"\nsession_max = "2min"\ndata_max = "1min"\n',
  });
});
after(async () => {
  await site[Symbol.asyncDispose]();
  await dir[Symbol.asyncDispose]();
});

test(`${slowClients} slow connections, and a healthy client's p99 stays what it was (threat 13)`, async (t) => {
  const quiet = await p99OfHealthyClient();
  const startedMs = performance.now();
  const clients: SlowClient[] = [];
  for (let number = 0; number < slowClients; number += 1) {
    clients.push(startSlowClient(site.smtp, kinds[number % kinds.length] ?? 'silent'));
    // In bunches, as a listen queue can take them.
    if (number % 50 === 49) await Promise.all(clients.slice(-50).map((client) => client.connected));
  }
  await Promise.all(clients.map((client) => client.connected));
  const busy = await p99OfHealthyClient();

  const hasMessage = (client: SlowClient) => client.kind === 'trickles a message';
  await until(() => clients.every((client) => hasMessage(client) || client.isEnded), {
    what: () =>
      `whoever trickles commands or a handshake is sent away (${clients
        .filter((one) => !one.isEnded)
        .map((one) => one.kind)
        .slice(0, 3)
        .join(', ')})`,
    deadlineMs: idleMs * 4,
    everyMs: 100,
  });
  if (isPatient) {
    const leftMs = dataMaxMs - (performance.now() - startedMs);
    await until(() => clients.every((client) => client.isEnded), {
      what: 'whoever trickles a message is sent away',
      deadlineMs: leftMs + 10_000,
      everyMs: 200,
    });
  }
  for (const client of clients) client.socket.destroy();
  report(t, {
    slow: slowClients,
    'healthy p99 quiet ms': quiet.toFixed(1),
    'healthy p99 among slow ms': busy.toFixed(1),
    'all ended by deadlines': isPatient ? 'yes' : 'all but trickled messages, not waited for',
  });
  assert.ok(
    busy < quiet * 3 + 50,
    `p99 of a healthy client: ${quiet.toFixed(1)} ms alone, ${busy.toFixed(1)} ms among ${slowClients} slow ones`,
  );
});

test('a command line that does not end is refused, not collected (threat 14)', async () => {
  await using dialogue = await Dialogue.open(site.smtp);
  await dialogue.say('EHLO long.test');
  dialogue.write(`NOOP ${'x'.repeat(4_000_000)}\r\n`);
  assert.equal((await dialogue.reply()).code, 500);
});

test('ten times the message takes ten times the time, whatever its lines are like (threats 14, 15)', async (t) => {
  const shapes: Readonly<Record<string, (bytes: number) => string>> = {
    'short lines': (bytes) => `Subject: x\r\n\r\n${'ab\r\n'.repeat(bytes / 4)}`,
    'lines of the longest kind': (bytes) =>
      `Subject: x\r\n\r\n${`${'x'.repeat(60_000)}\r\n`.repeat(bytes / 60_002)}`,
    'lines that all begin with a dot': (bytes) =>
      `Subject: x\r\n\r\n${'.\t\r\n'.repeat(bytes / 4)}`,
    'one line that never ends': (bytes) => `Subject: x\r\n\r\n${'x'.repeat(bytes)}`,
    'a header that never ends': (bytes) =>
      `${`To: <${'a'.repeat(20)}@x.test>\r\n`.repeat(bytes / 36)}\r\nx`,
    'one header field that never ends': (bytes) =>
      `To: ${'<a@x.test>,\r\n '.repeat(bytes / 15)}x\r\n\r\nx`,
  };
  for (const [shape, build] of Object.entries(shapes)) {
    const [small, large] = [await timeOf(build(2_000_000)), await timeOf(build(20_000_000))];
    t.diagnostic(
      `${shape}: ${small.ms.toFixed(0)} ms, ten times as much ${large.ms.toFixed(0)} ms, ${large.code}`,
    );
    assert.ok([250, 500, 550, 552, 554].includes(large.code), `${shape}: ${large.code}`);
    // Linear is 10; a square would be 100.
    assert.ok(
      large.ms < Math.max(small.ms, 30) * 30,
      `${shape}: ${small.ms.toFixed(0)} ms against ${large.ms.toFixed(0)} ms`,
    );
  }
});

async function timeOf(data: string): Promise<{ readonly ms: number; readonly code: number }> {
  const startedMs = performance.now();
  const { code } = await sendLetter(site.smtp, {
    from: 'x@stranger.test',
    to: ['ana@home.test'],
    data,
  });
  return { ms: performance.now() - startedMs, code };
}

/** Milliseconds of a whole transaction, one connection, one letter after the other. */
async function p99OfHealthyClient(): Promise<number> {
  await using dialogue = await Dialogue.open(site.smtp);
  await dialogue.say('EHLO healthy.test');
  const times: number[] = [];
  for (let number = 0; number < healthyLetters; number += 1) {
    const startedMs = performance.now();
    const replies = await dialogue.send(
      numberedLetter(number, { from: 'x@stranger.test', to: 'ana@home.test' }),
    );
    assert.equal(replies.at(-1)?.code, 250, JSON.stringify(replies.at(-1)));
    times.push(performance.now() - startedMs);
  }
  return times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? Number.NaN;
}

const kinds = [
  'silent',
  'trickles a command',
  'stops in STARTTLS',
  'trickles a handshake',
  'trickles a message',
] as const;
type Kind = (typeof kinds)[number];

interface SlowClient {
  readonly kind: Kind;
  readonly socket: Socket;
  readonly connected: Promise<void>;
  readonly isEnded: boolean;
}

const opening: Readonly<Record<Kind, string>> = {
  silent: '',
  'trickles a command': 'EHLO slow.test\r\n',
  'stops in STARTTLS': 'EHLO slow.test\r\nSTARTTLS\r\n',
  'trickles a handshake': 'EHLO slow.test\r\nSTARTTLS\r\n',
  'trickles a message':
    'EHLO slow.test\r\nMAIL FROM:<slow@stranger.test>\r\nRCPT TO:<ana@home.test>\r\nDATA\r\n',
};
const drop: Readonly<Record<Kind, Buffer | undefined>> = {
  silent: undefined,
  'trickles a command': Buffer.from('N'),
  'stops in STARTTLS': undefined,
  // A TLS record of a ClientHello that says it is 512 bytes long, one byte at a time.
  'trickles a handshake': Buffer.from([0x16]),
  'trickles a message': Buffer.from('x'),
};

function startSlowClient(endpoint: string, kind: Kind): SlowClient {
  const [host = '', port] = endpoint.split(':');
  const socket = connect({ host, port: Number(port) });
  let isEnded = false;
  let timer: NodeJS.Timeout | undefined;
  socket
    .on('error', () => undefined)
    .once('close', () => {
      isEnded = true;
      clearInterval(timer);
    });
  const lines = opening[kind].split('\r\n').filter((line) => line !== '');
  // Well behaved until it is slow: each line after the reply to the one before.
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
    if (!/^\d{3} [^\n]*\n$/m.test(text)) return;
    text = '';
    const next = lines.shift();
    if (next !== undefined) return void socket.write(`${next}\r\n`);
    const piece = drop[kind];
    if (piece === undefined || timer !== undefined) return;
    timer = setInterval(() => socket.write(piece), 500);
  });
  return {
    kind,
    socket,
    connected: once(socket, 'connect').then(() => undefined),
    get isEnded() {
      return isEnded;
    },
  };
}
