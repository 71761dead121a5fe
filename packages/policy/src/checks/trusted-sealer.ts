// Who among those that passed a message on is trusted by the operator? Only with a chain of seals that holds (RFC 8617 §5.2).
import type { ContentFacts } from '../facts.ts';

export async function trustedSealer(
  facts: ContentFacts,
  trusted: ReadonlySet<string>,
): Promise<string | undefined> {
  if (trusted.size === 0) return undefined;
  const { result, sealers } = await facts.arc();
  // The last one has seen the message as it came to us; an earlier one may have sealed something else.
  const last = sealers.at(-1);
  return result === 'pass' && last !== undefined && trusted.has(last) ? last : undefined;
}
