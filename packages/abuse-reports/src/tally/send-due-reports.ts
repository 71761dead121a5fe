// Sends the aggregate reports that are due: one message for each domain and day, to whoever may have it (RFC 9990 §3.5, §4).
//
// Promises
// - A report that was handed to `send` is done and never sent again. One that could not be sent, or whose readers DNS could not tell,
//   stays due until the tally forgets it.
// - One after the other, and no failure of one keeps the others from going.
import type { Clock } from '@restante/runtime';
import { systemClock } from '@restante/runtime';
import { buildDmarcAggregate } from '../aggregate/build-aggregate.ts';
import { reportDestinations } from '../aggregate/report-destinations.ts';
import type { DestinationsQuestion } from '../aggregate/report-destinations.ts';
import type { DmarcTally, DueReport, FilledReport } from './dmarc-tally.ts';

export interface ReportSending extends Pick<
  DestinationsQuestion,
  'resolver' | 'isSameOrganization'
> {
  readonly tally: Pick<DmarcTally, 'reportsDue' | 'open' | 'done'>;
  readonly organization: string;
  /** The contact: From, and MAIL FROM. Must pass DMARC (RFC 9990 §3.5.2), so it is of a domain whose mail we sign. */
  readonly email: string;
  /** Our domain. */
  readonly submitter: string;
  readonly clock?: Clock;
  /** Takes responsibility for the message: into the spool. */
  send(report: {
    readonly from: string;
    readonly to: readonly string[];
    readonly message: Buffer;
  }): Promise<void>;
}

export interface SentReport extends DueReport {
  /** "nobody": no address wants it. "later": it stays due. */
  readonly outcome: 'sent' | 'nobody' | 'later';
  readonly cause?: unknown;
}

export async function sendDueReports(
  sending: ReportSending,
  signal?: AbortSignal,
): Promise<readonly SentReport[]> {
  const sent: SentReport[] = [];
  for (const due of sending.tally.reportsDue()) {
    signal?.throwIfAborted();
    const filled = sending.tally.open(due);
    if (filled === undefined) continue;
    try {
      sent.push({ ...due, outcome: await sendOne(sending, filled) });
    } catch (cause) {
      // The promise that holds: it stays due, and the others go.
      sent.push({ ...due, outcome: 'later', cause });
    }
  }
  return sent;
}

async function sendOne(
  sending: ReportSending,
  filled: FilledReport,
): Promise<SentReport['outcome']> {
  const { tally, resolver, organization, email, submitter, clock = systemClock } = sending;
  const { day, domain, leftOut, ...report } = filled;
  const { addresses, unknown } = await reportDestinations({
    domain,
    reportTo: filled.reportTo,
    resolver,
    isSameOrganization: async (one, other) => sending.isSameOrganization(one, other),
  });
  if (addresses.length === 0) {
    if (unknown.length > 0) return 'later';
    tally.done(filled);
    return 'nobody';
  }
  const { message } = await buildDmarcAggregate({
    ...report,
    domain,
    organization,
    email,
    submitter,
    to: addresses,
    reportId: `${day}.${domain}@${submitter}`,
    atMs: clock.now(),
    ...(leftOut > 0 && { remark: `${leftOut} messages are in none of the records.` }),
  });
  await sending.send({ from: email, to: addresses, message });
  tally.done(filled);
  return 'sent';
}
