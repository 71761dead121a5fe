// Which TLSA records count, and when nobody can say (RFC 7672 §2).
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DnsError } from '@restante/dns';
import type { Resolver } from '@restante/dns';
import { findTlsa } from './find-tlsa.ts';

const host = 'mx.example';
const question = { host, port: 25, isAuthenticated: true };
const tlsa = { certUsage: 3, selector: 1, match: 1, data: new Uint8Array(32).buffer };

type Answer =
  | {
      readonly records: readonly unknown[];
      readonly isAuthenticated: boolean;
      readonly end?: string;
    }
  | string;

/** Answers by "NAME TYPE"; a word is the code of a failure, what is not there has no records. */
function resolverOf(answers: Readonly<Record<string, Answer>>): Pick<Resolver, 'resolveDetailed'> {
  const resolveDetailed = async (name: string, type: string) => {
    const answer = answers[`${name} ${type}`] ?? 'ENODATA';
    if (typeof answer === 'string')
      throw new DnsError(answer as ConstructorParameters<typeof DnsError>[0], {
        hostname: name,
        type,
      });
    const { records, isAuthenticated, end = name } = answer;
    return { records, isAuthenticated, canonicalName: end, ttlSeconds: 60 };
  };
  return { resolveDetailed } as unknown as Pick<Resolver, 'resolveDetailed'>;
}

const address = (isAuthenticated: boolean, end = host): Answer => ({
  records: ['192.0.2.1'],
  isAuthenticated,
  end,
});

describe('TLSA records of a mail server', () => {
  test('validated ones are found', async () => {
    const resolver = resolverOf({
      [`${host} A`]: address(true),
      [`_25._tcp.${host} TLSA`]: { records: [tlsa], isAuthenticated: true },
    });
    assert.equal((await findTlsa(resolver, question)).kind, 'found');
  });

  test('who jams the question for them gets no mail (RFC 7672 §2.1.2)', async () => {
    const resolver = resolverOf({
      [`${host} A`]: address(true),
      [`_25._tcp.${host} TLSA`]: 'ESERVFAIL',
    });
    assert.equal((await findTlsa(resolver, question)).kind, 'failed');
  });

  test('who jams the question for the addresses does not get mail without authentication (§2.1.2)', async () => {
    for (const code of ['ESERVFAIL', 'ETIMEOUT']) {
      const resolver = resolverOf({
        [`${host} A`]: code,
        [`_25._tcp.${host} TLSA`]: { records: [tlsa], isAuthenticated: true },
      });
      assert.equal((await findTlsa(resolver, question)).kind, 'failed', code);
    }
  });

  test('who jams the question for the alias does not either (§2.1.3)', async () => {
    const resolver = resolverOf({
      [`${host} A`]: address(false, 'elsewhere.example'),
      [`${host} CNAME`]: 'ESERVFAIL',
    });
    assert.equal((await findTlsa(resolver, question)).kind, 'failed');
  });

  test('a zone without signatures has none, and its mail goes on (§2.2)', async () => {
    const resolver = resolverOf({ [`${host} A`]: address(false), [`${host} AAAA`]: 'ESERVFAIL' });
    assert.equal((await findTlsa(resolver, question)).kind, 'none');
  });
});
