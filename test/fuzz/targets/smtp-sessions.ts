// SMTP sessions, brought into some state and then fed nonsense: every answer is a well-formed reply, only a real end of data ends a message,
// no bare CR or LF comes through, the session ends, and the next client is served.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { smtpReply } from '@restante/mail-model';
import { systemClock } from '@restante/runtime';
import { createEdge, type EdgeHost } from '@restante/smtp';
import { Dialogue } from '../../kit/dialogue.ts';
import { makeCertificate } from '../../kit/false-papers.ts';
import { below, mutate, oneOf, randomBytes, type Random, type Target } from '../target.ts';

/** At the same time, because an edge lets strangers wait for its greeting. */
const sessionsEachRound = 30;
const sessionMaxMs = 10_000;

interface Taken {
  readonly client: string;
  readonly body: string;
  readonly isBinary: boolean;
}

export const smtpSessions: Target = {
  name: 'smtp-sessions',
  async open() {
    const taken: Taken[] = [];
    const papers = await makeCertificate({ commonName: 'mx' });
    const edge = await createEdge({
      name: 'smtp',
      hostname: 'mx.example.test',
      listen: { host: '127.0.0.1', port: 0 },
      limits: {
        messageMaxBytes: 200_000,
        headerMaxBytes: 16_384,
        lineMaxBytes: 4096,
        recipientsMax: 100,
        connectionsMax: 500,
        connectionsPerAddressMax: 500,
        idleTimeoutMs: 5000,
        sessionMaxMs: 8000,
        dataMaxMs: 5000,
        badCommandsMax: 10,
      },
      tls: { ...papers, clusterCa: papers.cert, peerOf: () => undefined },
      host: hostThatTakes(taken),
      onEvent: () => undefined,
      clock: systemClock,
    });
    return {
      async round(random) {
        taken.length = 0;
        const inputs = Array.from({ length: sessionsEachRound }, () => session(random));
        const outputs = await Promise.all(inputs.map(async (input) => converse(edge.port, input)));
        for (const [index, output] of outputs.entries()) checkOutput(output, inputs[index] ?? []);
        for (const { body, isBinary } of taken) {
          if (!isBinary)
            assert.doesNotMatch(
              body,
              /(^|[^\r])\n|\r(?!\n)/,
              `a bare CR or LF came through: ${JSON.stringify(body.slice(0, 300))}`,
            );
        }
        const endsMax = inputs
          .flat()
          .reduce((count, { bytes }) => count + occurrences(bytes.toString('latin1')), 0);
        assert.ok(
          taken.length <= endsMax,
          `${taken.length} messages were taken, ${endsMax} can have ended`,
        );

        await using healthy = await Dialogue.open(`127.0.0.1:${edge.port}`);
        await healthy.say('EHLO healthy.test');
        const replies = await healthy.send({
          from: 'x@stranger.test',
          to: ['ana@example.test'],
          data: 'Subject: healthy\r\n\r\nbody',
        });
        assert.equal(replies.at(-1)?.code, 250, 'the next client is served');
      },
      [Symbol.asyncDispose]: async () => await edge.stop(100),
    };
  },
};

function hostThatTakes(taken: Taken[]): EdgeHost {
  return {
    judgeConnection: async () => undefined,
    closed: () => undefined,
    judgeSender: async () => undefined,
    judgeRecipient: async (_session, { recipient }) =>
      recipient.address.endsWith('@example.test')
        ? undefined
        : smtpReply(550, '5.7.1', 'Relaying denied'),
    beginMessage: async (session, { mail }) => {
      const chunks: Buffer[] = [];
      return {
        write: (chunk) => void chunks.push(Buffer.from(chunk)),
        commit: async () => {
          taken.push({
            client: session.id,
            body: Buffer.concat(chunks).toString('latin1'),
            isBinary: mail.body === 'binarymime',
          });
          return { reply: smtpReply(250, '2.0.0', 'Taken') };
        },
        abort: async () => undefined,
      };
    },
    startDrain: async () => smtpReply(251, '2.0.0', 'Nothing waits'),
  };
}

interface Step {
  readonly bytes: Buffer;
  /** Wait for the answer before the next step, as a client in step does. */
  readonly waits: boolean;
}

const polite = [
  'EHLO client.test',
  'MAIL FROM:<x@stranger.test>',
  'RCPT TO:<ana@example.test>',
  'DATA',
] as const;
const others = [
  'NOOP',
  'RSET',
  'VRFY ana',
  'EXPN all',
  'HELP',
  'ETRN example.test',
  'HELO x',
  'AUTH PLAIN AAAA',
  'STARTTLS',
  'BDAT 5',
  'BDAT 0 LAST',
  'BDAT 99999999999 LAST',
  'MAIL FROM:<> SIZE=1 BODY=BINARYMIME',
  'MAIL FROM:<x@y.test> RET=HDRS ENVID=a+2Bb SMTPUTF8',
  'RCPT TO:<ana@example.test> NOTIFY=NEVER ORCPT=rfc822;x',
  'XCLIENT ADDR=1.2.3.4',
  'GET / HTTP/1.1',
  'MAIL FROM:<a@b> XRESTANTE=x.y',
  'QUIT',
] as const;
const bodies = [
  'Subject: x\r\n\r\nhello\r\n.\r\n',
  'Subject: x\r\n\r\nhello\n.\nMAIL FROM:<evil@x>\r\n.\r\n',
  '\r\n..\r\n.\r\n',
  '.\r\n',
  'a\r\n.\r',
  'x\r.\r\n\r\n.\r\n',
] as const;

/** A state, reached politely; then nonsense, sometimes on top of sense. */
function session(random: Random): Step[] {
  const steps: Step[] = polite
    .slice(0, below(random, polite.length + 1))
    .map((line) => ({ bytes: Buffer.from(`${line}\r\n`), waits: below(random, 10) > 0 }));
  for (let count = 1 + below(random, 6); count > 0; count -= 1)
    steps.push({ bytes: nonsense(random), waits: below(random, 2) === 0 });
  return steps;
}

function nonsense(random: Random): Buffer {
  const line = (text: string) => Buffer.from(`${text}\r\n`, 'latin1');
  switch (below(random, 6)) {
    case 0:
      return line(oneOf(random, others));
    case 1:
      return mutate(random, line(oneOf(random, [...polite, ...others] as [string, ...string[]])));
    case 2:
      return Buffer.from(oneOf(random, bodies), 'latin1');
    case 3:
      return mutate(
        random,
        Buffer.from(`${polite.join('\r\n')}\r\n${oneOf(random, bodies)}`, 'latin1'),
        6,
      );
    case 4:
      return randomBytes(random, below(random, 600));
    default:
      return Buffer.from(
        `${oneOf(random, ['NOOP ', 'X-Long: ', '', 'MAIL FROM:<'])}${'y'.repeat(below(random, 9000))}\r\n`,
        'latin1',
      );
  }
}

async function converse(port: number, steps: readonly Step[]): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1' });
  let output = '';
  let isOver = false;
  let wake: () => void = () => undefined;
  socket.on('data', (chunk) => {
    output += chunk.toString('latin1');
    wake();
  });
  socket
    .on('error', () => undefined)
    .on('close', () => {
      isOver = true;
      wake();
    });
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  await once(socket, 'connect').catch(() => undefined);
  const hears = async (waitMs: number) => {
    const before = output.length;
    const endMs = performance.now() + waitMs;
    while (output.length === before && !isOver && performance.now() < endMs) {
      const timer = setTimeout(() => wake(), 10);
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
      clearTimeout(timer);
    }
  };
  await hears(1000);
  for (const { bytes, waits } of steps) {
    if (isOver) break;
    socket.write(bytes);
    // A message or a handshake in the middle has no answer: nobody waits for one for long.
    if (waits) await hears(40);
  }
  socket.end();
  const late = new Promise<never>((_, reject) =>
    setTimeout(
      () => reject(new Error(`the session did not end: ${describe(steps)}`)),
      sessionMaxMs,
    ).unref(),
  );
  await Promise.race([closed, late]);
  return output;
}

function checkOutput(output: string, steps: readonly Step[]): void {
  // After STARTTLS it may be TLS that answers.
  const plain = /^220 2\.0\.0 [^\n]*TLS/im.test(output)
    ? output.slice(0, output.search(/^220 2\.0\.0 [^\n]*TLS/im))
    : output;
  assert.match(
    plain,
    /^(?:\d{3}[ -][\x20-\x7e]*\r\n)*$/,
    `not a reply: ${JSON.stringify(plain.slice(-300))} after ${describe(steps)}`,
  );
}

/** Ends of data and of chunks that may stand in an input, generously. */
function occurrences(text: string): number {
  return (text.match(/\.\r\n|bdat|last|\.\r?$/gi) ?? []).length;
}

function describe(steps: readonly Step[]): string {
  return JSON.stringify(
    steps.map(({ bytes, waits }) => [bytes.toString('latin1').slice(0, 200), waits]),
  );
}
