// What happens while strangers are judged; part of the catalogue in events.ts.
import type { VerdictReason } from './verdict.ts';

export type JudgingEvent =
  | { readonly name: 'policy.judged'; readonly check: string; readonly action: string }
  | { readonly name: 'policy.failed'; readonly check: string; readonly cause: unknown }
  /** Why a message, or a recipient, was not simply taken; `id` is in the reply the stranger heard, or is the message's. */
  | {
      readonly name: 'judgement.made';
      readonly id: string;
      readonly stage: 'rcpt' | 'data';
      readonly action: string;
      readonly clientAddress: string;
      readonly helo: string;
      readonly sender: string;
      readonly recipients: readonly string[];
      readonly reasons: readonly VerdictReason[];
      readonly reply?: string;
    }
  /** An address, or its network, guessed too many recipients and is sent away for a while. */
  | { readonly name: 'harvest.blocked'; readonly subject: string }
  | { readonly name: 'list.switched-off'; readonly zone: string; readonly problem: string }
  | { readonly name: 'list.switched-on'; readonly zone: string }
  | { readonly name: 'list.unanswered'; readonly zone: string }
  | { readonly name: 'list.hit'; readonly zone: string; readonly code: string }
  | {
      readonly name: 'greylist.judged';
      readonly outcome: 'known' | 'came-back' | 'wait' | 'unavailable';
    }
  | {
      readonly name: 'scanner.answered';
      readonly scanner: string;
      readonly outcome: 'ok' | 'failed' | 'skipped';
      readonly durationMs: number;
    }
  | {
      readonly name: 'scanner.changed';
      readonly scanner: string;
      readonly to: 'used' | 'left-alone';
      readonly why: string;
    }
  | {
      readonly name: 'scanner.taught';
      readonly scanner: string;
      readonly what: 'spam' | 'ham';
      readonly outcome: 'learned' | 'known' | 'failed' | 'dropped';
      readonly why?: string;
    }
  // Reports: those of others about our mail, and our own about theirs.
  | {
      readonly name: 'report.read';
      readonly kind: 'complaint' | 'dmarc-aggregate' | 'other';
      /** "dropped": too many came at once. */
      readonly outcome: 'counted' | 'known' | 'ignored' | 'unreadable' | 'dropped' | 'failed';
      readonly why?: string;
      readonly cause?: unknown;
    }
  | {
      readonly name: 'report.sent';
      readonly kind: 'complaint' | 'dmarc-aggregate';
      /** "nobody": no address may have it. "later": it stays due. */
      readonly outcome: 'sent' | 'nobody' | 'later' | 'failed';
      readonly domain: string;
      readonly cause?: unknown;
    }
  | { readonly name: 'reports.set-aside'; readonly path: string; readonly cause: unknown }
  | { readonly name: 'reports.tally-lost'; readonly messages: number; readonly cause: unknown }
  // The doctor, who looks at what the world sees of us.
  | {
      readonly name: 'doctor.ran';
      readonly tookMs: number;
      readonly counts: readonly {
        readonly check: string;
        readonly state: string;
        readonly count: number;
      }[];
    }
  | {
      readonly name: 'doctor.problem';
      readonly finding: {
        readonly check: string;
        readonly subject: string;
        readonly found: string;
        readonly remedy?: string;
      };
    }
  | { readonly name: 'doctor.mended'; readonly check: string; readonly subject: string }
  | { readonly name: 'doctor.listed'; readonly subject: string; readonly zone: string };
