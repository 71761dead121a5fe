// A stranger's message while it waits for its verdict: where it waits, what becomes of it when there is no room; on a real spool.
import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { acceptVerdict } from '@restante/mail-model';
import { SpoolError, type Spool } from '@restante/spool';
import { JudgedMessage, type ContentJudge } from '../src/judged-message.ts';
import { startTestRelay, type TestRelay } from './relay-for-tests.ts';

let dir: string;
let relay: TestRelay;
let freeBytes: number;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'restante-judged-'));
  relay = await startTestRelay({ dir });
  freeBytes = Number.POSITIVE_INFINITY;
});
afterEach(async () => {
  await relay[Symbol.asyncDispose]();
  await rm(dir, { recursive: true, force: true });
});

const takesAll: ContentJudge = {
  judge: async ({ header }) => ({
    kind: 'taken',
    verdict: acceptVerdict,
    header: Buffer.concat([Buffer.from('X-Judged: yes\r\n'), header]),
  }),
};

/** The spool, on a disk with as much room as the test says. */
function withRoom(): Spool {
  const isFull = (sizeBytes = 0) => sizeBytes > freeBytes;
  return new Proxy(relay.spool, {
    get(target, name) {
      if (name === 'isFull') return isFull;
      if (name === 'begin')
        return (asked: { readonly sizeBytes?: number }) => {
          if (isFull(asked.sizeBytes)) throw new SpoolError('SPOOL_FULL');
          return target.begin(asked);
        };
      const value = Reflect.get(target, name) as unknown;
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

function message(judge: ContentJudge = takesAll): JudgedMessage {
  const nowMs = relay.parts.clock.now();
  return new JudgedMessage(
    {
      ...relay.parts,
      spool: withRoom(),
      schedule: () => undefined,
      judgeHeader: () => undefined,
      held: { dir: join(dir, 'held'), memoryMaxBytes: 1000 },
    },
    {
      messageId: relay.parts.ids.next(nowMs),
      envelope: {
        sender: 'x@stranger.test',
        recipients: [{ address: 'ana@here.test' }],
        body: '7bit',
        smtpUtf8: false,
      },
      origin: {
        site: 'test',
        clientAddress: '192.0.2.7',
        helo: 'mail.stranger.test',
        protocol: 'ESMTP',
        receivedAtMs: nowMs,
      },
      path: [],
      from: 'stranger',
      trace: () => '',
    },
    judge,
  );
}

const header = Buffer.from('Message-ID: <1@stranger.test>\r\n\r\n');
const piece = Buffer.from(`${'x'.repeat(998)}\r\n`);

async function codeOf(sink: JudgedMessage): Promise<number> {
  return (await sink.commit()).reply.code;
}

test('what waits on the disk has no name there', async () => {
  const sink = message();
  await sink.write(header);
  for (let count = 0; count < 10; count += 1) await sink.write(piece);
  assert.deepEqual(await readdir(join(dir, 'held')), []);
  assert.equal(await codeOf(sink), 250);
});

test('a disk that fills up while a message comes answers 452 4.3.1, and what has come is given back', async () => {
  const sink = message();
  await sink.write(header);
  await sink.write(piece);
  freeBytes = 3000;
  for (let count = 0; count < 10; count += 1) await sink.write(piece);
  const { reply } = await sink.commit();
  assert.deepEqual([reply.code, reply.enhanced], [452, '4.3.1']);
  assert.equal(relay.spool.stats().messages, 0);
});

test('a disk that fills up while a message is judged answers 452 4.3.1, too', async () => {
  const sink = message({
    judge: async (judged) => {
      freeBytes = 0;
      return takesAll.judge(judged);
    },
  });
  await sink.write(header);
  await sink.write(piece);
  assert.equal(await codeOf(sink), 452);
});

test('the same bytes again are one message although what is stored is not what came (RFC 1047)', async () => {
  for (const expected of [1, 1]) {
    const sink = message();
    await sink.write(header);
    await sink.write(piece);
    const answer = await sink.commit();
    answer.onReplyLost?.();
    assert.equal(answer.reply.code, 250);
    assert.equal(relay.spool.stats().messages, expected);
  }
});
