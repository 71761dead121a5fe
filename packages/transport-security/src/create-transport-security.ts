// The order of precedence, and nothing else: operator, DANE, MTA-STS, everybody else. See transport-security.ts.
import { smtpReply } from '@restante/mail-model';
import type { EventSink } from '@restante/mail-model';
import { parseDnsName } from '@restante/dns';
import type { Resolver } from '@restante/dns';
import { systemClock } from '@restante/runtime';
import type { Clock } from '@restante/runtime';
import type { TlsPolicy } from '@restante/smtp';
import { findTlsa } from './dane/find-tlsa.ts';
import { judgeDane } from './dane/judge-dane.ts';
import { judgeNames } from './judge-names.ts';
import { createStsFetcher } from './mta-sts/fetch-sts-policy.ts';
import { openKeptPolicies } from './mta-sts/kept-policies.ts';
import { createStsPolicies } from './mta-sts/sts-policies.ts';
import { isNamedBy } from './mta-sts/sts-policy.ts';
import type { StsPolicy } from './mta-sts/sts-policy.ts';
import { readOperatorPolicies } from './operator-policy.ts';
import { sessionResult } from './session-result.ts';
import { transportSecurityFailures } from './errors.ts';
import type { TransportSecurityError } from './errors.ts';
import type {
  MailServerOf,
  PolicyKind,
  TlsDemand,
  TransportSecurity,
} from './transport-security.ts';

export interface TransportSecurityOptions {
  readonly resolver: Resolver;
  /** Where MTA-STS policies are kept. */
  readonly dir: string;
  readonly mtaSts: boolean;
  readonly dane: boolean;
  readonly policyFetchTimeoutMs: number;
  readonly destinations: readonly string[];
  /** For those who demand nothing. */
  readonly otherwise: TlsPolicy;
  /** Which addresses may be connected to for a policy; undefined is yes. */
  readonly guard: (address: string) => string | undefined;
  readonly onEvent: EventSink;
  readonly clock?: Clock;
  /** Port of the policies' hosts and roots for all verification; for tests. */
  readonly laboratory?: { readonly policyPort?: number; readonly ca?: string };
}

export function createTransportSecurity(options: TransportSecurityOptions): TransportSecurity {
  const { resolver, onEvent, clock = systemClock, laboratory = {} } = options;
  const roots = laboratory.ca === undefined ? {} : { ca: laboratory.ca };
  const operator = readOperatorPolicies(options.destinations, roots);
  const onTrouble = (domain: string) => (cause: unknown) =>
    onEvent({ name: 'tls.policy-failed', domain, cause });
  const sts = createStsPolicies({
    resolver,
    fetch: createStsFetcher({
      resolver,
      guard: options.guard,
      timeoutMs: options.policyFetchTimeoutMs,
      ...roots,
      ...(laboratory.policyPort === undefined ? {} : { port: laboratory.policyPort }),
    }),
    kept: openKeptPolicies({
      dir: options.dir,
      nowMs: clock.now(),
      onTrouble: onTrouble('(kept policies)'),
    }),
    clock,
    onFailure: (domain, cause) => onTrouble(domain)(cause),
  });

  const count = (server: MailServerOf, by: PolicyKind, result: string) =>
    onEvent({ name: 'tls.session', domain: server.domain, host: server.host, policy: by, result });

  const byDane = async (server: MailServerOf): Promise<TlsDemand | 'unusable' | undefined> => {
    const finding = await findTlsa(resolver, server);
    if (finding.kind === 'none') return undefined;
    if (finding.kind === 'unusable') return 'unusable';
    if (finding.kind === 'failed') {
      // RFC 7672 §2.1.2: a lookup that fails is no permission to do without.
      const text = `The TLSA records at ${finding.name} could not be looked up (${finding.why}); without them nothing is sent to ${server.host}.`;
      const reply = smtpReply(451, '4.7.5', text);
      return { kind: 'avoid', by: 'dane', reply, cause: 'name-not-resolved' };
    }
    const names = [...new Set([finding.base, server.host, server.domain])];
    const { records } = finding;
    const tls: TlsPolicy = {
      mode: 'required',
      judgePeer: (shown) => judgeDane(shown, { records, names, nowMs: clock.now() }),
    };
    return { kind: 'use', by: 'dane', tls };
  };

  const bySts = (server: MailServerOf, policy: StsPolicy): TlsDemand => {
    const { host, domain } = server;
    const isNamed = isNamedBy(host, policy.mx);
    const judge: NonNullable<TlsPolicy['judgePeer']> = (shown) => judgeNames(shown, [host]);
    if (policy.mode === 'testing') {
      // RFC 8461 §5: nothing is withheld, what would have been is counted.
      const noteOnly: typeof judge = (shown) => {
        const refusal = judge(shown) as TransportSecurityError | undefined;
        if (refusal !== undefined)
          count(server, 'mta-sts', transportSecurityFailures[refusal.code].result);
        return undefined;
      };
      if (!isNamed) count(server, 'mta-sts', 'validation-failure');
      const tls = { ...options.otherwise, ...roots, judgePeer: noteOnly };
      return { kind: 'use', by: 'none', tls };
    }
    if (isNamed)
      return { kind: 'use', by: 'mta-sts', tls: { mode: 'required', ...roots, judgePeer: judge } };
    const text = `The MTA-STS policy of ${domain} does not name the mail server ${host}, so nothing is sent to it.`;
    const reply = smtpReply(451, '4.7.5', text);
    return { kind: 'avoid', by: 'mta-sts', reply, cause: 'tls-not-available' };
  };

  return {
    async demandOf(given) {
      const name = parseDnsName(given.domain);
      const server = name.ok ? { ...given, domain: name.value } : given;
      const own = operator.policyOf(server.domain);
      if (own !== undefined) return { kind: 'use', by: 'operator', tls: own };
      const dane = options.dane ? await byDane(server) : undefined;
      if (dane !== undefined && dane !== 'unusable') return dane;
      const policy = options.mtaSts && name.ok ? await sts.policyOf(server.domain) : undefined;
      if (policy?.mode === 'enforce' || (policy !== undefined && dane === undefined))
        return bySts(server, policy);
      // RFC 7672 §2.2: records that cannot be used still demand encryption.
      if (dane === 'unusable')
        return { kind: 'use', by: 'dane', tls: { mode: 'required', verify: false } };
      return { kind: 'use', by: 'none', tls: options.otherwise };
    },
    noteSession(server, demand, failure) {
      const result = sessionResult(demand, failure);
      if (result !== undefined) count(server, demand.by, result);
    },
    [Symbol.asyncDispose]: () => sts[Symbol.asyncDispose](),
  };
}
