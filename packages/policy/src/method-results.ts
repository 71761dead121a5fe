// What was found, in the words of RFC 8601 §2.7: for the header field, and in short for the verdict that travels.
import type { MethodResult } from '@restante/sender-auth';
import type { ContentFacts } from './facts.ts';

/** A stranger may sign a hundred times; nobody reads that. */
const dkimShownMax = 10;

export async function methodResults(facts: ContentFacts): Promise<readonly MethodResult[]> {
  const [spf, reverse, dkim, dmarc, arc] = await Promise.all([
    facts.spf(),
    facts.reverseName(),
    facts.dkim(),
    facts.dmarc(),
    facts.arc(),
  ]);
  const { clientAddress, helo, sender } = facts;
  return [
    {
      method: 'iprev',
      // RFC 8601 §2.7.3: an address without a name is "permerror" there.
      result: reverse.result === 'none' ? 'permerror' : reverse.result,
      properties: [['policy.iprev', clientAddress]],
    },
    {
      method: 'spf',
      result: spf.result,
      ...(spf.problem === undefined ? {} : { reason: spf.problem }),
      properties: spf.identity === 'mailfrom' ? [['smtp.mailfrom', sender]] : [['smtp.helo', helo]],
    },
    ...(dkim.length === 0
      ? [{ method: 'dkim' as const, result: 'none', properties: [] }]
      : dkim
          .slice(0, dkimShownMax)
          .map(
            ({ result, problem, domain, selector, signatureStart, algorithm }): MethodResult => ({
              method: 'dkim',
              result,
              ...(problem === undefined ? {} : { reason: problem }),
              properties: [
                ['header.d', domain],
                ['header.s', selector],
                ['header.a', algorithm],
                ['header.b', signatureStart],
              ],
            }),
          )),
    {
      method: 'dmarc',
      result: dmarc.result,
      ...(dmarc.problem === undefined ? {} : { reason: dmarc.problem }),
      properties: [
        ['header.from', dmarc.fromDomain],
        ['policy.dmarc', dmarc.policy],
      ],
    },
    ...(arc.result === 'none'
      ? []
      : [{ method: 'arc' as const, result: arc.result, properties: [] }]),
  ];
}

export async function identityOf(facts: ContentFacts): Promise<Readonly<Record<string, string>>> {
  const [spf, dkim, dmarc] = await Promise.all([facts.spf(), facts.dkim(), facts.dmarc()]);
  return { spf: spf.result, dkim: bestOf(dkim), dmarc: dmarc.result };
}

function bestOf(signatures: readonly { readonly result: string }[]): string {
  return signatures.some(({ result }) => result === 'pass')
    ? 'pass'
    : (signatures[0]?.result ?? 'none');
}
