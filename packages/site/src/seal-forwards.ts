// Seals copies that an alias sends elsewhere (RFC 8617): the next server sees our address instead of the stranger's, and learns from the seal
// what the site that met him found.
import { createArcSealer, createArcVerifier, type DkimKeys } from '@restante/dkim';
import type { MessageToDeliver, SpoolBodyLike } from '@restante/delivery';
import type { Resolver } from '@restante/dns';
import { domainOf } from '@restante/mail-model';
import type { SealForward } from '@restante/primary-node';
import { readHeader, type HeaderBlock } from '@restante/relay';
import type { Clock } from '@restante/runtime';
import { authservIdOf } from '@restante/sender-auth';
import type { SiteView } from './cluster-config.ts';

export interface SealParts {
  readonly view: SiteView;
  readonly resolver: Resolver;
  readonly keys: DkimKeys;
  readonly clock: Clock;
}

export function createForwardSeal({ view, resolver, keys, clock }: SealParts): SealForward {
  const verifier = createArcVerifier({ resolver, clock, budgetMs: view.judging.contentBudgetMs });
  const sealer = createArcSealer({ keys });
  const ours = new Set(view.topology.sites.map(({ hostname }) => hostname));
  return async (message: MessageToDeliver, recipient: string) => {
    // Nobody has judged it: there is nothing to pass on, and what it says of itself in our name nobody has taken out.
    if (message.verdict.identity === undefined) return '';
    const stored = await message.body();
    const header = await readHeader(stored);
    const results = header
      .values('Authentication-Results')
      .find((value) => ours.has(authservIdOf(value)?.toLowerCase() ?? ''));
    if (results === undefined) return '';
    const toSeal = { header: header.text, body: () => bodyOf(stored, header) };
    const chain = await verifier.verify(toSeal);
    const domain = domainOf(recipient);
    return sealer.seal({ message: toSeal, chain, results, domain, atMs: clock.now() });
  };
}

/** Behind the empty line. */
async function* bodyOf(stored: SpoolBodyLike, header: HeaderBlock): AsyncIterable<Buffer> {
  let toSkip = header.text.length + 2;
  for await (const chunk of stored.kind === 'bytes' ? [stored.bytes] : stored.open()) {
    if (chunk.length > toSkip) yield chunk.subarray(toSkip);
    toSkip = Math.max(0, toSkip - chunk.length);
  }
}
