// When one of our people calls mail unwanted, those it came from hear of it: a complaint to the abuse address of the domain that DMARC or
// DKIM showed to be theirs (RFC 5965, RFC 6650). Off unless the operator wants it.
//
// Promises
// - One complaint a day and domain, so many a day in all: nobody is flooded by way of us, whatever our people do.
// - Never about mail of our own domains, and never where DNS cannot tell whose domain it is.
import { buildComplaint } from '@restante/abuse-reports';
import type { EventSink } from '@restante/mail-model';
import type { TaughtByMoving } from '@restante/mailbox-store';
import { headerEnd } from '@restante/mime';
import type { Clock } from '@restante/runtime';
import type { Dmarc } from '@restante/sender-auth';
import type { Backlog } from './backlog.ts';
import { findCulprit, type Culprit, type OurNames } from './find-culprit.ts';
import type { SendOwn } from './send-own.ts';

export interface ComplaintParts extends OurNames {
  readonly contact: string;
  readonly isOurs: (domain: string) => boolean;
  readonly dmarc: Pick<Dmarc, 'orgDomainOf'>;
  readonly send: SendOwn;
  readonly backlog: Backlog;
  readonly onEvent: EventSink;
  readonly clock: Clock;
}

const complaintsPerDayMax = 200;
/** Of a message only its header is read. */
const headerBytesMax = 256 * 1024;

export function createComplaints(parts: ComplaintParts): (taught: TaughtByMoving) => void {
  const { backlog, clock, onEvent } = parts;
  let today = '';
  let told = new Set<string>();

  /** False when it was told today, or enough others were. */
  const mayTell = (domain: string, day: string) => {
    if (day !== today) [today, told] = [day, new Set()];
    if (told.has(domain) || told.size >= complaintsPerDayMax) return false;
    told.add(domain);
    return true;
  };

  const complain = async (taught: TaughtByMoving): Promise<void> => {
    let domain = 'unknown';
    try {
      const culprit = findCulprit(await headerOf(taught), parts);
      if (culprit === undefined || parts.isOurs(culprit.domain)) return;
      ({ domain } = culprit);
      const organization = await parts.dmarc.orgDomainOf(domain);
      const nowMs = clock.now();
      const day = new Date(nowMs).toISOString().slice(0, 10);
      if (organization === undefined || parts.isOurs(organization)) return;
      if (!mayTell(organization, day)) return;
      const sent = await tell(parts, { culprit, organization, day, nowMs });
      if (sent === 'stored')
        onEvent({ name: 'report.sent', kind: 'complaint', outcome: 'sent', domain: organization });
    } catch (cause) {
      onEvent({ name: 'report.sent', kind: 'complaint', outcome: 'failed', domain, cause });
    }
  };

  return (taught) => {
    if (taught.what !== 'spam') return;
    backlog.add({ bytes: headerBytesMax, run: async () => complain(taught) });
  };
}

async function tell(
  { contact, hostname, send }: ComplaintParts,
  {
    culprit,
    organization,
    day,
    nowMs,
  }: {
    readonly culprit: Culprit;
    readonly organization: string;
    readonly day: string;
    readonly nowMs: number;
  },
): Promise<'stored' | 'known'> {
  const { domain, header, sender, sourceAddress, arrivedAtMs, results } = culprit;
  const to = `abuse@${organization}`;
  const message = buildComplaint({
    feedbackType: 'abuse',
    from: contact,
    to,
    hostname,
    messageId: `complaint.${day}.${organization}@${hostname}`,
    atMs: nowMs,
    original: {
      header,
      sender,
      sourceAddress,
      arrivedAtMs,
      domain,
      authenticationResults: results,
    },
  });
  // Nobody of ours waits for a bounce of it, and no robot may answer.
  return send({ author: contact, sender: '', to: [to], message });
}

async function headerOf({ bytes }: TaughtByMoving): Promise<Buffer> {
  let header = Buffer.alloc(0);
  for await (const chunk of bytes()) {
    header = Buffer.concat([header, chunk]);
    const end = headerEnd(header);
    if (end < header.length) return header.subarray(0, end);
    if (header.length > headerBytesMax) return header.subarray(0, headerBytesMax);
  }
  return header;
}
