// The shape of a check, one file each. Checks are asked in order; the worst answer wins (evaluate.ts).
import type { SmtpReply, VerdictAction } from '@restante/mail-model';

export type CheckAnswer =
  | { readonly action: 'pass' }
  | { readonly action: Exclude<VerdictAction, 'accept'>; readonly reply?: SmtpReply; readonly detail: string };

export interface Check<Subject> {
  readonly name: string;
  judge(subject: Subject): CheckAnswer | Promise<CheckAnswer>;
}
