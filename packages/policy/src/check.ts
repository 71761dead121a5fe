// The shape of a check, one file each. Checks are asked in order; the worst answer wins (evaluate.ts).
import type { SmtpReply, VerdictAction } from '@restante/mail-model';

export type CheckAnswer =
  | { readonly action: 'pass' }
  | {
      readonly action: Exclude<VerdictAction, 'accept'>;
      readonly reply?: SmtpReply;
      readonly detail: string;
    };

/** Pure but for its own memory; the time comes in. Answers at once: nothing here may wait for a network. */
export interface Check<Subject> {
  readonly name: string;
  judge(subject: Subject, nowMs: number): CheckAnswer;
}

export const pass: CheckAnswer = { action: 'pass' };

/** Who is on the line. */
export interface Client {
  readonly address: string;
}
