// Is this mail welcome because somebody here wrote that down? An entry for an address or network holds as it is. One for a sender or a domain
// holds only while nothing says that the sender is forged: his name is easily written, and entries are easily guessed.
import type { ContentFacts, SenderFacts } from './facts.ts';
import type { OperatorEntry } from './operator-lists/operator-lists.ts';

const saysForged: ReadonlySet<string> = new Set(['fail', 'softfail']);

/** At RCPT, by MAIL FROM. */
export async function isWelcomeSender(
  entry: OperatorEntry | undefined,
  facts: Pick<SenderFacts, 'spf'>,
): Promise<boolean> {
  if (entry?.list !== 'allow') return false;
  return entry.subject.kind === 'network' || !saysForged.has((await facts.spf()).result);
}

/**
 * At the end of data, by MAIL FROM or by the authors in From: for every recipient one of them must be welcome. A name that is shown to
 * be the sender's own holds by itself: SPF speaks for MAIL FROM, so that a mailing list may be let in, DMARC for the author.
 */
export async function isWelcomeContent(
  facts: Pick<ContentFacts, 'spf' | 'dmarc' | 'welcomes'>,
): Promise<boolean> {
  if (facts.welcomes.length === 0 || facts.welcomes.some(({ length }) => length === 0))
    return false;
  const [spf, dmarc] = [(await facts.spf()).result, (await facts.dmarc()).result];
  const isForged = saysForged.has(spf) || dmarc === 'fail';
  const isShown = { sender: spf === 'pass', author: dmarc === 'pass' };
  return facts.welcomes.every((entries) =>
    entries.some(({ entry, by }) => entry.subject.kind === 'network' || isShown[by] || !isForged),
  );
}
