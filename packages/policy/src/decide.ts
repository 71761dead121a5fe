// A decision, said to the stranger and written down: the reply carries the id under which `restante explain` finds the reasons.
import type { EventSink, SmtpReply, VerdictReason } from '@restante/mail-model';
import type { SenderFacts } from './facts.ts';
import { refusal, withReason } from './refusal.ts';
import type { Judgement } from './weigh.ts';

export interface DecisionParts {
  /** A new id for a decision. */
  readonly nextId: () => string;
  readonly onEvent: EventSink;
}

export interface Decided {
  readonly facts: Pick<SenderFacts, 'clientAddress' | 'helo' | 'sender'>;
  readonly recipients: readonly string[];
  readonly stage: 'rcpt' | 'data';
  /** Of the message, at the end of data. */
  readonly id?: string;
}

const bySum = refusal(
  550,
  '5.7.1',
  'This looks like spam by everything that is known of it; write to the postmaster if it is not',
);

/** The reply of a judgement that refuses, with the id under which the decision can be asked for. */
export function refuse(
  { nextId, onEvent }: DecisionParts,
  judgement: Judgement,
  decided: Decided,
): SmtpReply | undefined {
  if (judgement.action !== 'refuse' && judgement.action !== 'defer') return undefined;
  const id = decided.id ?? nextId();
  const reply = withReason(judgement.reply ?? bySum, judgement.by ?? 'points', id);
  noteDecision(onEvent, {
    ...decided,
    id,
    action: judgement.action,
    reasons: judgement.reasons,
    reply,
  });
  return reply;
}

export function noteDecision(
  onEvent: EventSink,
  decision: Decided & {
    readonly id: string;
    readonly action: string;
    readonly reasons: readonly VerdictReason[];
    readonly reply?: SmtpReply;
  },
): void {
  const { facts, reply, id, stage, action, recipients, reasons } = decision;
  onEvent({
    name: 'judgement.made',
    id,
    stage,
    action,
    clientAddress: facts.clientAddress,
    helo: facts.helo,
    sender: facts.sender,
    recipients,
    reasons,
    ...(reply === undefined ? {} : { reply: `${reply.code} ${reply.enhanced} ${reply.text}` }),
  });
}
