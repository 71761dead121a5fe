// SPF as a service: one check per question, parsed records remembered (RFC 7208).
import type { Parsed } from '@restante/mail-model';
import { startDeadline } from '../deadline.ts';
import type { Check } from './check.ts';
import type { Spf, SpfAnswer, SpfOptions, SpfQuestion } from './check-host.ts';
import { checkHost } from './evaluate.ts';
import { explain } from './explain.ts';
import { identityOf } from './identity.ts';
import { addressText, parseClientAddress } from './network.ts';
import { parseSpfRecord } from './parse-spf-record.ts';
import type { SpfRecord } from './record.ts';
import { shown } from './shown.ts';

// RFC 7208 §4.6.4: a check may take 20 seconds; no more, whatever the operator says.
const budgetMaxMs = 20_000;
const heloMax = 255;

export function createSpf(options: SpfOptions): Spf {
  const parse = rememberingParser();

  async function check(question: SpfQuestion, signal?: AbortSignal): Promise<SpfAnswer> {
    signal?.throwIfAborted();
    const { identity, localPart, domain, said } = identityOf(question);
    const client = parseClientAddress(question.clientAddress);
    const about = { identity, domain: (domain === '' ? said : domain).toLowerCase() };
    if (client === undefined || domain === '')
      return {
        result: 'none',
        ...about,
        problem: client
          ? `${shown(said)} is no domain name that can have a policy.`
          : `${shown(question.clientAddress)} is no address.`,
      };
    using deadline = startDeadline(Math.min(options.budgetMs, budgetMaxMs), signal);
    const run: Check = {
      resolver: options.resolver,
      client,
      clientText: addressText(client),
      localPart,
      senderDomain: domain,
      helo: question.helo.slice(0, heloMax),
      receiver: options.hostname,
      nowSeconds: Math.floor(options.clock.now() / 1000),
      parse,
      spent: { terms: 0, voids: 0, validated: new Map() },
      deadline,
      signal,
    };
    const found = await checkHost(run, domain);
    const explanation = await explain(run, found.explanation);
    return {
      result: found.result,
      ...about,
      ...(found.mechanism === undefined ? {} : { mechanism: found.mechanism.slice(0, heloMax) }),
      ...(found.problem === undefined ? {} : { problem: found.problem }),
      ...(explanation === undefined ? {} : { explanation }),
    };
  }

  return { check };
}

const rememberedMax = 1000;
const rememberedTextMax = 2048;

/** The same few records decide about most mail. The oldest is forgotten first; long ones are read every time. */
function rememberingParser(): (text: string) => Parsed<SpfRecord> {
  const remembered = new Map<string, Parsed<SpfRecord>>();
  return (text) => {
    const known = remembered.get(text);
    if (known) return known;
    const parsed = parseSpfRecord(text);
    if (text.length > rememberedTextMax) return parsed;
    for (const oldest of remembered.keys()) {
      if (remembered.size < rememberedMax) break;
      remembered.delete(oldest);
    }
    remembered.set(text, parsed);
    return parsed;
  };
}
