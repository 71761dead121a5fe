// A chain, checked (RFC 8617 §5.2): its structure, the newest message signature, then every seal from the newest to the first.
//
// The keys of the first two are asked for while the body is read; those of older seals only when they hold.
import type { Resolver } from '@restante/dns';
import type { Clock } from '@restante/runtime';
import { Header } from '../canonical/header-fields.ts';
import { checkSignature } from '../verify/check-signature.ts';
import type { MessageToVerify } from '../verify/dkim-verifier.ts';
import { createKeyFinder, type FoundKeysOf } from '../verify/key-finder.ts';
import {
  judgeMessageSignature,
  readMessageSignature,
  wishOf,
  type MessageSignature,
} from '../verify/message-signature.ts';
import { readBody } from '../verify/read-body.ts';
import { isFlaw, permanent, type Flaw, type SignedFields } from '../verify/signature-fields.ts';
import { readArcChain, resultsText, sealerOf, type ArcChain, type ArcSet } from './arc-chain.ts';
import { readSeal, sealedText } from './arc-seal.ts';
import type { ArcAnswer, ArcVerifier } from './arc.ts';

/** Somewhere a line begins like a field of a chain; whether it is one is for others to say. */
const arcField = /^arc-/im;
const noChain: ArcAnswer = { result: 'none', instances: 0, sealers: [], results: [] };

export interface ArcVerifierOptions {
  readonly resolver: Pick<Resolver, 'resolve'>;
  readonly clock: Clock;
  readonly budgetMs: number;
}

export function createArcVerifier(options: ArcVerifierOptions): ArcVerifier {
  const { clock, budgetMs } = options;
  const keyFinder = createKeyFinder(options);

  const check = async (look: Look, signal?: AbortSignal): Promise<Flaw | undefined> => {
    const startedMs = clock.monotonicMs();
    const { seals, newest, message, header, chain } = look;
    const signature = readNewest(newest, clock.now());
    if (isFlaw(signature)) return signature;
    const lastSeal = seals.slice(-1);
    const [digests, firstKeys] = await Promise.all([
      readBody(message, [wishOf(signature)], signal),
      keyFinder.find([signature, ...lastSeal], { signal }),
    ]);
    const { flaw } = judgeMessageSignature(signature, { header, digests, keysOf: firstKeys });
    const found = flaw ?? sealFlaw(chain, { seals, from: seals.length - 1, keysOf: firstKeys });
    if (found !== undefined || seals.length === 1) return found;
    const left = Math.max(0, budgetMs - (clock.monotonicMs() - startedMs));
    const keysOf = await keyFinder.find(seals.slice(0, -1), { signal, budgetMs: left });
    return sealFlaw(chain, { seals: seals.slice(0, -1), from: 0, keysOf });
  };

  return {
    async verify(message, signal) {
      signal?.throwIfAborted();
      // Most mail has no chain: it is not worth reading the header for.
      if (!arcField.test(message.header)) return noChain;
      const header = new Header(message.header);
      const chain = readArcChain(header);
      const newest = chain?.sets.at(-1);
      if (chain === undefined) return noChain;
      if (chain.problem !== undefined || newest === undefined) {
        return answer(chain, permanent(chain.problem ?? 'There is no set.'));
      }
      const seals: SignedFields[] = [];
      for (const set of chain.sets) {
        const seal = readSeal(set);
        if (isFlaw(seal)) return answer(chain, seal);
        seals.push(seal);
      }
      return answer(chain, await check({ message, header, chain, newest, seals }, signal));
    },
  };
}

interface Look {
  readonly message: MessageToVerify;
  readonly header: Header;
  readonly chain: ArcChain;
  readonly newest: ArcSet;
  readonly seals: readonly SignedFields[];
}

function readNewest({ message }: ArcSet, nowMs: number): MessageSignature | Flaw {
  const signature = readMessageSignature(message.field, { tags: message.tags, nowMs });
  // RFC 8617 §4.1.2: seals are made later than what they seal.
  if (!isFlaw(signature) && signature.names.includes('arc-seal')) {
    return permanent('A message signature must not cover a seal.');
  }
  return signature;
}

/** The first of these seals, from the newest down to `from`, that does not hold. */
function sealFlaw(
  { sets }: ArcChain,
  {
    seals,
    from,
    keysOf,
  }: {
    readonly seals: readonly SignedFields[];
    readonly from: number;
    readonly keysOf: FoundKeysOf;
  },
): Flaw | undefined {
  for (let index = seals.length - 1; index >= from; index -= 1) {
    const seal = seals[index];
    if (seal === undefined) continue;
    const { flaw } = checkSignature(seal, keysOf(seal), sealedText(sets.slice(0, index + 1)));
    if (flaw !== undefined) {
      return { result: flaw.result, problem: `Seal ${index + 1}: ${flaw.problem}` };
    }
  }
  return undefined;
}

function answer({ sets, last }: ArcChain, flaw: Flaw | undefined): ArcAnswer {
  return {
    // RFC 8617 §5.2 knows pass and fail; what DNS could not tell is neither.
    result: flaw === undefined ? 'pass' : flaw.result === 'temperror' ? 'temperror' : 'fail',
    instances: last,
    sealers: sets.map(sealerOf),
    results: sets.map(({ results }) => resultsText(results)),
    ...(flaw === undefined ? {} : { problem: flaw.problem }),
  };
}
