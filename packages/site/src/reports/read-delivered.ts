// Mail for our offices is also read as a report about us, after it has been delivered: never before, and never instead.
//
// Bounded in size, number and time: whatever somebody sends, the process spends a small part of its time on it. A report that cannot be read or counted is an event; its mail lies in its mailbox like any other.
import { readReport, type ReportBook } from '@restante/abuse-reports';
import type { MessageToDeliver, SpoolBodyLike } from '@restante/delivery';
import type { EventSink } from '@restante/mail-model';
import type { Clock } from '@restante/runtime';
import type { Backlog } from './backlog.ts';

export interface DeliveredReading {
  readonly book: Pick<ReportBook, 'note'>;
  /** An office, or whoever else gets reports. */
  readonly getsReports: (recipient: string) => boolean;
  readonly backlog: Backlog;
  readonly onEvent: EventSink;
  readonly clock: Clock;
}

/** Reports of the large receivers have some KiB; base64 of what may be unpacked has less than this. */
const messageBytesMax = 16 * 1024 * 1024;
const rememberedMax = 1000;
/** A report of fifty thousand rows is written in a third of a second, with everything else standing still; mail comes first. */
const restFactor = 20;
const restMaxMs = 10_000;

export function createDeliveredReading({
  book,
  getsReports,
  backlog,
  onEvent,
  clock,
}: DeliveredReading): (message: MessageToDeliver, recipient: string) => Promise<void> {
  const remembered = new Set<string>();
  /** One message to two offices is one report. */
  const isNew = (id: string) => {
    if (remembered.has(id)) return false;
    const [oldest] = remembered;
    if (remembered.size >= rememberedMax && oldest !== undefined) remembered.delete(oldest);
    remembered.add(id);
    return true;
  };

  const count = async (bytes: Buffer, signal: AbortSignal): Promise<void> => {
    try {
      const read = await readReport(bytes);
      if (read.kind === 'none') return;
      if (read.kind === 'unreadable') {
        onEvent({
          name: 'report.read',
          kind: 'other',
          outcome: 'unreadable',
          why: read.problem,
        });
        return;
      }
      const startedMs = clock.monotonicMs();
      const noted = book.note(read.report);
      const restMs = Math.min((clock.monotonicMs() - startedMs) * restFactor, restMaxMs);
      onEvent({
        name: 'report.read',
        kind: read.report.kind,
        outcome: noted.kind,
        ...(noted.kind === 'ignored' ? { why: noted.problem } : {}),
      });
      await clock.sleep(restMs, signal).catch(() => undefined); // Only when we are stopped.
    } catch (cause) {
      onEvent({ name: 'report.read', kind: 'other', outcome: 'failed', cause });
    }
  };

  return async (message, recipient) => {
    if (!getsReports(recipient) || message.sizeBytes > messageBytesMax) return;
    if (!isNew(message.messageId)) return;
    try {
      const bytes = await wholeBody(await message.body());
      if (!backlog.add({ bytes: bytes.length, run: async (signal) => count(bytes, signal) }))
        onEvent({ name: 'report.read', kind: 'other', outcome: 'dropped' });
    } catch (cause) {
      onEvent({ name: 'report.read', kind: 'other', outcome: 'failed', cause });
    }
  };
}

async function wholeBody(body: SpoolBodyLike): Promise<Buffer> {
  return body.kind === 'bytes' ? body.bytes : Buffer.concat(await Array.fromAsync(body.open()));
}
