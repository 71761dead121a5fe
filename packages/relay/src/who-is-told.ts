// Who hears how a recipient's mail ended: its sender, nobody, or a person at this site (quarantine). Pure; the only place that
// decides it.
//
// Whatever could have been refused at RCPT makes no report to a stranger, whose address anybody can write (law 4): the mail is
// kept for the operator instead. The world's refusals and a lifetime that ran out could not be known at RCPT.
//
//   what happened                              sender is ours   a stranger   nobody (<>)   a report of our own
//   refused for good by the internet           report           report       nothing       nothing
//   given up at the end of its lifetime        report           report       nothing       nothing
//   refused for good by a mailbox or a home    report           quarantine   quarantine    nothing
//   delayed, delivered, relayed                report           nothing      nothing       nothing
//
// Ours: a client that logged in, or a domain of the cluster. Whose sender was judged is what the judgement says: SPF fail makes him nobody,
// and a domain of ours is ours only when SPF or DMARC vouches for it (threat 8).
import {
  domainOf,
  type Envelope,
  type Origin,
  type Route,
  type Verdict,
} from '@restante/mail-model';
import type { DsnKind } from '@restante/delivery';

export type Ending = 'refused-outside' | 'refused-inside' | 'expired' | 'late' | 'served';
export type SenderKind = 'ours' | 'stranger' | 'nobody' | 'ourselves';
export type Telling = 'report' | 'quarantine' | 'nothing';

const table: Readonly<Record<Ending, Readonly<Record<SenderKind, Telling>>>> = {
  'refused-outside': {
    ours: 'report',
    stranger: 'report',
    nobody: 'nothing',
    ourselves: 'nothing',
  },
  expired: { ours: 'report', stranger: 'report', nobody: 'nothing', ourselves: 'nothing' },
  'refused-inside': {
    ours: 'report',
    stranger: 'quarantine',
    nobody: 'quarantine',
    ourselves: 'nothing',
  },
  late: { ours: 'report', stranger: 'nothing', nobody: 'nothing', ourselves: 'nothing' },
  served: { ours: 'report', stranger: 'nothing', nobody: 'nothing', ourselves: 'nothing' },
};

export function whoIsTold(ending: Ending, sender: SenderKind): Telling {
  return table[ending][sender];
}

export interface SentMessage {
  readonly envelope: Pick<Envelope, 'sender'>;
  readonly origin: Origin;
  readonly verdict: Pick<Verdict, 'identity'>;
}

/** `isOurs` knows the domains of the cluster. */
export function senderKind(
  { envelope, origin, verdict: { identity } }: SentMessage,
  isOurs: (domain: string) => boolean,
): SenderKind {
  if (envelope.sender === '') return origin.protocol === 'local' ? 'ourselves' : 'nobody';
  if (origin.account !== undefined) return 'ours';
  if (identity?.['spf'] === 'fail') return 'nobody';
  const isVouchedFor =
    identity === undefined || identity['spf'] === 'pass' || identity['dmarc'] === 'pass';
  return isVouchedFor && isOurs(domainOf(envelope.sender)) ? 'ours' : 'stranger';
}

/** What a refusal for good on this route is. */
export function refusalOn(route: Route): Ending {
  return route === 'internet' ? 'refused-outside' : 'refused-inside';
}

/** May this sender get a report of this kind at all? A failure that is on record as one was judged when it happened. */
export function mayBeReported(kind: DsnKind, sender: SenderKind): boolean {
  if (kind === 'failed') return sender === 'ours' || sender === 'stranger';
  return whoIsTold(kind === 'delayed' ? 'late' : 'served', sender) === 'report';
}
