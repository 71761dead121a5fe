import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Noted, Report } from '@restante/abuse-reports';
import type { MessageToDeliver, SpoolBodyLike } from '@restante/delivery';
import type { RestanteEvent } from '@restante/mail-model';
import { systemClock } from '@restante/runtime';
import { createBacklog } from './backlog.ts';
import { createDeliveredReading } from './read-delivered.ts';

const complaint = Buffer.from(
  'Content-Type: multipart/report; boundary=b; report-type=feedback-report\r\n\r\n--b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nOriginal-Mail-From: <ana@home.test>\r\n\r\n--b--\r\n',
);

function reading({ piecesMax = 10, note }: { piecesMax?: number; note?: () => Noted } = {}) {
  const reports: Report[] = [];
  const events: RestanteEvent[] = [];
  const backlog = createBacklog({ piecesMax, bytesMax: 1e6 });
  const read = createDeliveredReading({
    book: {
      note: (report) => {
        reports.push(report);
        return note?.() ?? { kind: 'counted' };
      },
    },
    getsReports: (recipient) => recipient === 'abuse@home.test',
    backlog,
    onEvent: (event) => void events.push(event),
    clock: systemClock,
  });
  const outcomes = () => events.map((event) => event.name === 'report.read' && event.outcome);
  return { read, reports, backlog, outcomes };
}

interface Delivered {
  readonly id?: string;
  readonly sizeBytes?: number;
  readonly body?: () => Promise<SpoolBodyLike>;
}

function message({ id = 'm1', sizeBytes = 100, body }: Delivered = {}): MessageToDeliver {
  return {
    messageId: id,
    sizeBytes,
    body: body ?? (async () => Promise.resolve({ kind: 'bytes', bytes: complaint })),
  } as unknown as MessageToDeliver;
}

async function emptied(backlog: ReturnType<typeof createBacklog>): Promise<void> {
  await new Promise<void>((resolve) => {
    assert.ok(backlog.add({ bytes: 0, run: async () => Promise.resolve(resolve()) }));
  });
}

test('a report to an office is counted once, whoever else it is for; other mail is not looked at', async () => {
  const { read, reports, backlog, outcomes } = reading();
  await read(message(), 'abuse@home.test');
  await read(message(), 'abuse@home.test');
  await read(message({ id: 'm2' }), 'ana@home.test');
  await emptied(backlog);
  assert.deepEqual([reports.length, outcomes()], [1, ['counted']]);
});

test('what cannot be read or counted is an event and nothing else', async () => {
  const { read, backlog, outcomes } = reading({
    note: () => {
      throw new Error('the disk is full');
    },
  });
  const gone = async () => Promise.reject(new Error('gone'));
  await read(message({ id: 'm1', body: gone }), 'abuse@home.test');
  await read(message({ id: 'm2' }), 'abuse@home.test');
  const stream: SpoolBodyLike = {
    kind: 'stream',
    sizeBytes: 5,
    async *open() {
      yield await Promise.resolve(Buffer.from('Subject: hello\r\n\r\n'));
    },
  };
  const letter = async () => Promise.resolve(stream);
  await read(message({ id: 'm3', body: letter }), 'abuse@home.test');
  await emptied(backlog);
  assert.deepEqual(outcomes(), ['failed', 'failed']);
});

test('what is too large or too much at once is not read (threat 15)', async () => {
  const { read, reports, backlog, outcomes } = reading({ piecesMax: 1 });
  await read(message({ sizeBytes: 1e9 }), 'abuse@home.test');
  let letGo: () => void = () => undefined;
  const busy = new Promise<void>((resolve) => (letGo = resolve));
  backlog.add({ bytes: 0, run: async () => busy });
  await read(message({ id: 'm2' }), 'abuse@home.test');
  letGo();
  await backlog[Symbol.asyncDispose]();
  assert.deepEqual([reports, outcomes()], [[], ['dropped']]);
});
