// Runs the checks dry: what would be done with this sender, recipient and message, and why. For `restante policy test`.
//
// Nothing is counted, nobody is made to wait by greylisting, nothing is stored; DNS and scanners are really asked.
import type { EventSink, SmtpReply, Verdict, VerdictReason } from '@restante/mail-model';
import { splitMessage } from '@restante/mime';
import { createStrangerJudge, type StrangerJudgeParts } from './stranger-judge.ts';
import type { Profile } from './profile.ts';
import type { Transaction } from './transaction.ts';
import { weigh } from './weigh.ts';

export interface TryOut {
  readonly clientAddress: string;
  readonly helo: string;
  readonly sender: string;
  readonly recipient: string;
  /** The whole message; absent: only sender and recipient are judged. */
  readonly message?: Buffer;
}

export interface TriedOut {
  readonly stage: 'rcpt' | 'data';
  readonly action: string;
  readonly points: number;
  readonly reasons: readonly VerdictReason[];
  readonly verdict?: Verdict;
  /** What the stranger would hear; absent: taken. */
  readonly reply?: SmtpReply;
  /** The header as it would be stored, latin1. */
  readonly header?: string;
}

export async function tryOut(parts: StrangerJudgeParts, asked: TryOut): Promise<TriedOut> {
  const profile = withoutGreylist(parts.profileOf(asked.recipient));
  let reasons: readonly VerdictReason[] = [];
  const onEvent: EventSink = (event) => {
    if (event.name === 'judgement.made') reasons = event.reasons;
  };
  const judge = createStrangerJudge({
    ...parts,
    profileOf: () => profile,
    onDmarc: undefined,
    onEvent,
  });
  const session = { remoteAddress: asked.clientAddress, helo: asked.helo, notes: new Map() };
  judge.beginSender(session, asked.sender);
  const pointsOf = (each: readonly VerdictReason[]) =>
    each.reduce((sum, { points = 0 }) => sum + points, 0);
  const refused = await judge.judgeRecipient(session, asked.recipient);
  if (refused !== undefined)
    return {
      stage: 'rcpt',
      action: refused.code >= 500 ? 'refuse' : 'defer',
      points: pointsOf(reasons),
      reasons,
      reply: refused,
    };
  const transaction = session.notes.get('judged') as Transaction;
  if (asked.message === undefined) {
    const {
      action,
      points,
      reasons: found,
    } = weigh(await transaction.findingsFor(profile.rules), profile);
    return { stage: 'rcpt', action, points, reasons: found };
  }
  const { header, body } = splitMessage(asked.message);
  const answer = await judge.beginContent(session, [asked.recipient]).judge({
    id: parts.nextId(),
    header,
    body: () => [body],
    bodyBytes: body.length,
    trace: () => '',
  });
  if (answer.kind === 'refused')
    return {
      stage: 'data',
      action: answer.reply.code >= 500 ? 'refuse' : 'defer',
      points: pointsOf(reasons),
      reasons,
      reply: answer.reply,
    };
  const { verdict } = answer;
  return {
    stage: 'data',
    action: verdict.action,
    points: pointsOf(verdict.reasons),
    reasons: verdict.reasons,
    verdict,
    header: answer.header.toString('latin1'),
  };
}

function withoutGreylist(profile: Profile): Profile {
  const { rules } = profile;
  const recipientChecks = rules.recipientChecks.filter(({ name }) => name !== 'greylist');
  return { ...profile, rules: { ...rules, recipientChecks } };
}
