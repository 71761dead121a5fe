// Tells what became of a message in the name of a domain that publishes DMARC: for the reports such domains ask for (RFC 9990).
//
// Nobody waits for it, and it never throws. Told is what was done because of DMARC: a message that passes, or that its domain wants
// taken, and that is refused for something else says nothing about DMARC.
import type { DkimVerification } from '@restante/dkim';
import type { EventSink } from '@restante/mail-model';
import type { DmarcAnswer, SpfAnswer } from '@restante/sender-auth';
import type { Finding } from './evaluate.ts';
import type { ContentFacts } from './facts.ts';

export interface DmarcJudged {
  readonly clientAddress: string;
  /** MAIL FROM; '' is the null reverse-path. */
  readonly sender: string;
  /** Its result is pass or fail, and it has a record. */
  readonly dmarc: DmarcAnswer;
  readonly spf: SpfAnswer;
  readonly dkim: readonly DkimVerification[];
  readonly done: 'none' | 'quarantine' | 'reject';
  /** Less was done than the domain asks for, and the chain of ARC seals holds (RFC 8617 §7.2.2). */
  readonly hasArc: boolean;
}

export interface DmarcTelling {
  /** Each message is told once, when it is decided; must not throw. */
  readonly onDmarc?: ((judged: DmarcJudged) => void) | undefined;
  readonly onEvent: EventSink;
}

export async function tellDmarc(
  { onDmarc, onEvent }: DmarcTelling,
  facts: ContentFacts,
  /** None where the recipients want everything. */
  findings: readonly Finding[],
): Promise<void> {
  if (onDmarc === undefined) return;
  try {
    const dmarc = await facts.dmarc();
    const isTold = dmarc.result === 'pass' || dmarc.result === 'fail';
    if (!isTold || dmarc.record === undefined || dmarc.reportTo?.length === 0) return;
    const [spf, dkim] = await Promise.all([facts.spf(), facts.dkim()]);
    const { clientAddress, sender } = facts;
    const done = doneFor(findings);
    // Asked only where it matters: of a message that is refused the body may be gone by now.
    const isLess = dmarc.result === 'fail' && done !== dmarc.policy && done !== 'reject';
    const hasArc = isLess && (await facts.arc()).result === 'pass';
    onDmarc({ clientAddress, sender, dmarc, spf, dkim, done, hasArc });
  } catch (cause) {
    // The promise that holds: a message is judged, whoever counts it.
    onEvent({ name: 'policy.failed', check: 'dmarc', cause });
  }
}

function doneFor(findings: readonly Finding[]): DmarcJudged['done'] {
  const action = findings.find(({ check }) => check === 'dmarc')?.answer.action;
  if (action === 'refuse') return 'reject';
  return action === 'tag' || action === 'quarantine' ? 'quarantine' : 'none';
}
