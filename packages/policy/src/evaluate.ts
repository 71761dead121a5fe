// Runs checks in order and keeps every reason; the worst verdict wins, and among equals the first reply is given.
import type { SmtpReply, Verdict, VerdictAction, VerdictReason } from '@restante/mail-model';
import type { Check } from './check.ts';

export interface Judgement {
  readonly verdict: Verdict;
  /** What to say to the client when the verdict is defer or reject. */
  readonly reply?: SmtpReply;
}

const severity: Readonly<Record<VerdictAction, number>> = {
  accept: 0,
  tag: 1,
  quarantine: 2,
  defer: 3,
  reject: 4,
};

export function evaluate<Subject>(
  checks: readonly Check<Subject>[],
  subject: Subject,
  nowMs: number,
): Judgement {
  let action: VerdictAction = 'accept';
  let reply: SmtpReply | undefined;
  const reasons: VerdictReason[] = [];
  for (const check of checks) {
    const answer = check.judge(subject, nowMs);
    if (answer.action === 'pass') continue;
    reasons.push({ check: check.name, detail: answer.detail });
    if (severity[answer.action] <= severity[action]) continue;
    action = answer.action;
    reply = answer.reply;
  }
  return { verdict: { action, reasons }, ...(reply === undefined ? {} : { reply }) };
}
