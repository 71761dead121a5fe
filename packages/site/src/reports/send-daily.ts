// The aggregate reports that domains ask for, once their day is over: looked at every hour, and when the operator asks.
import { sendDueReports, type DmarcTally, type SentReport } from '@restante/abuse-reports';
import type { Resolver } from '@restante/dns';
import type { EventSink } from '@restante/mail-model';
import type { Clock } from '@restante/runtime';
import type { Dmarc } from '@restante/sender-auth';
import type { SendOwn } from './send-own.ts';

export interface DailyParts {
  readonly tally: DmarcTally;
  readonly organization: string;
  readonly contact: string;
  /** The submitter: each site reports what it saw itself, under its own name. */
  readonly hostname: string;
  readonly resolver: Pick<Resolver, 'resolve'>;
  readonly dmarc: Pick<Dmarc, 'orgDomainOf'>;
  readonly send: SendOwn;
  readonly onEvent: EventSink;
  readonly clock: Clock;
}

export interface DailyReports extends AsyncDisposable {
  sendDue(): Promise<readonly SentReport[]>;
}

/** After a start there is enough to do. */
const firstAfterMs = 60_000;
const everyMs = 3_600_000;

export function startDailyReports(parts: DailyParts): DailyReports {
  const { clock, onEvent } = parts;
  const stopping = new AbortController();
  let running: Promise<readonly SentReport[]> | undefined;

  const sendAll = async () => {
    const sent = await sendDueReports(sendingOf(parts), stopping.signal);
    for (const { outcome, domain, cause } of sent)
      onEvent({
        name: 'report.sent',
        kind: 'dmarc-aggregate',
        outcome,
        domain,
        ...(cause === undefined ? {} : { cause }),
      });
    return sent;
  };
  const sendDue = async () =>
    (running ??= sendAll().finally(() => {
      running = undefined;
    }));

  const keepLooking = async () => {
    for (let delayMs = firstAfterMs; !stopping.signal.aborted; delayMs = everyMs) {
      // Only pauses reject here, when we are stopped.
      await clock.sleep(delayMs, stopping.signal).catch(() => undefined);
      if (stopping.signal.aborted) return;
      await sendDue().catch((cause: unknown) => {
        // The promise that holds: what is due stays due, and the next hour looks again.
        if (!stopping.signal.aborted)
          onEvent({
            name: 'report.sent',
            kind: 'dmarc-aggregate',
            outcome: 'failed',
            domain: 'all',
            cause,
          });
      });
    }
  };
  const schedule = keepLooking();

  return {
    sendDue,
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await schedule;
      await running?.catch(() => undefined); // It was told above, or to who asked.
    },
  };
}

function sendingOf({
  tally,
  organization,
  contact,
  hostname,
  resolver,
  dmarc,
  send,
  clock,
}: DailyParts): Parameters<typeof sendDueReports>[0] {
  return {
    tally,
    organization,
    email: contact,
    submitter: hostname,
    resolver,
    clock,
    isSameOrganization: async (one, other) => {
      const [first, second] = await Promise.all(
        [one, other].map((name) => dmarc.orgDomainOf(name)),
      );
      return first === undefined || second === undefined ? undefined : first === second;
    },
    // RFC 9990 §3.5.2: the report passes DMARC itself, so MAIL FROM is the contact like From.
    send: async ({ from, to, message }) => {
      await send({ author: from, sender: from, to, message });
    },
  };
}
