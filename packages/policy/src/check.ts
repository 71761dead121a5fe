// The shape of a check, one file each in checks/: what it needs, how long it may take, what it answers.
//
// A check looks at evidence: what is known of a stranger and his message. What costs something (DNS, scanners) is found out when the
// first check asks for it, once, and shared by all. Checks of one stage run at the same time; the worst answer wins (evaluate.ts).
import type { SmtpReply } from '@restante/mail-model';

/** When a check can be made: as soon as this is known. */
export type Stage = 'sender' | 'recipient' | 'content';

/** "note" only counts its points; "tag" marks as likely spam; "quarantine" keeps it for the operator; "defer" and "refuse" send it back. */
export type CheckAction = 'note' | 'tag' | 'quarantine' | 'defer' | 'refuse';

export type CheckAnswer =
  | { readonly action: 'pass' }
  | {
      readonly action: CheckAction;
      /** One sentence for the operator; may name addresses. */
      readonly detail: string;
      /** Added up over all checks; thresholds of the policy decide (negative for what speaks for the sender). */
      readonly points?: number;
      /** What the client is told; needed for defer and refuse. */
      readonly reply?: SmtpReply;
      /** Of content: counts as spam for certain. */
      readonly spam?: 'likely' | 'definite';
    };

export interface Check<Facts> {
  /** Bounded: a label of metrics, and the word that `restante explain` knows. */
  readonly name: string;
  readonly needs: Stage;
  /** After this it counts as pass and is noted as "no answer in time". */
  readonly budgetMs: number;
  judge(facts: Facts): CheckAnswer | Promise<CheckAnswer>;
}

export const pass: CheckAnswer = { action: 'pass' };
