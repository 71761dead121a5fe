// May the sender of this message be told? Pure. When in doubt nobody is told: a report to the wrong person is spam with
// our name on it (backscatter), and the operator sees the outcome anyway.
import type { Envelope, Verdict } from '@restante/mail-model';
import type { DsnKind } from './dsn-request.ts';
import { fieldValues } from './header-fields.ts';

export interface ReportQuestion {
  readonly kind: DsnKind;
  readonly envelope: Envelope;
  /** What the edge thought of the message; absent for mail of our own users. */
  readonly verdict?: Verdict;
  /** The header section, one character per octet. */
  readonly header: string;
  /** Only these recipients would be reported; all of the envelope when absent. */
  readonly recipients?: readonly string[];
}

export type ReportDecision =
  | { readonly kind: 'yes' }
  | {
      readonly kind: 'no';
      /** For the operator. */
      readonly why: string;
    };

export function shouldReport({
  kind,
  envelope,
  verdict,
  header,
  recipients,
}: ReportQuestion): ReportDecision {
  // RFC 5321 §6.1, RFC 3464 §2: never to the null sender, or reports would chase each other.
  if (envelope.sender === '') return no('the message has the null sender');
  const concerned = envelope.recipients.filter(
    ({ address }) => recipients?.includes(address) ?? true,
  );
  if (!concerned.some(({ notify }) => isWanted(kind, notify)))
    return no('the sender did not ask for this (NOTIFY)');

  // Law 4: who looked forged to the edge is not told anything; the address is most likely somebody else's.
  if (verdict !== undefined && verdict.action !== 'accept')
    return no(`the edge judged the message "${verdict.action}"`);

  // RFC 3834 §2: no automatic answer to an automatic message.
  const automatic = fieldValues(header, 'Auto-Submitted').find((value) => !/^no\b/i.test(value));
  if (automatic !== undefined) return no('the message was sent by a machine (Auto-Submitted)');
  const precedence = fieldValues(header, 'Precedence').find((value) =>
    /^(bulk|list|junk)\b/i.test(value),
  );
  if (precedence !== undefined)
    return no(`the message has Precedence: ${precedence.slice(0, 4).toLowerCase()}`);
  // RFC 2919: sent by a mailing list.
  if (fieldValues(header, 'List-Id').length > 0)
    return no('the message came through a mailing list (List-Id)');
  return { kind: 'yes' };
}

/** RFC 3461 §4.1: NEVER stands alone; without NOTIFY failures and delays are reported, successes are not. */
function isWanted(kind: DsnKind, notify: readonly string[] | undefined): boolean {
  if (kind === 'delivered' || kind === 'relayed') return notify?.includes('success') === true;
  if (notify === undefined) return true;
  return notify.includes(kind === 'failed' ? 'failure' : 'delay');
}

function no(why: string): ReportDecision {
  return { kind: 'no', why };
}
