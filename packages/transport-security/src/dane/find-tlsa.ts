// Finds the TLSA records that bind a mail server (RFC 7672 §2.2). Only what a resolver we trust has validated counts.
//
//   MX records not validated                         none: whoever forged them would sign for his own server
//   addresses not validated                          none; except that of a validated alias (§2.1.3)
//   addresses cannot be looked up                    failed: nobody knows whether they would have been validated (§2.1.2)
//   TLSA records of the alias' end, then of the name  the first that are there and validated
//   the lookup fails                                 failed: the server must not be used (§2.1.2), or a forger would only have to jam
import type { DnsAnswer, RecordOf, RecordType, Resolver } from '@restante/dns';
import { DnsError } from '@restante/dns';
import { isUsable } from './tlsa-match.ts';

export type Tlsa = RecordOf['TLSA'];

export type TlsaFinding =
  | { readonly kind: 'none' }
  | { readonly kind: 'failed'; readonly name: string; readonly why: string }
  /** There are some, and none that says anything to SMTP (§3.1.3): encryption is demanded, authentication is impossible. */
  | { readonly kind: 'unusable' }
  | { readonly kind: 'found'; readonly records: readonly Tlsa[]; readonly base: string };

export interface TlsaQuestion {
  readonly host: string;
  readonly port: number;
  readonly isAuthenticated: boolean;
}

type Detailed = Pick<Resolver, 'resolveDetailed'>;

export async function findTlsa(
  resolver: Detailed,
  { host, port, isAuthenticated }: TlsaQuestion,
): Promise<TlsaFinding> {
  if (!isAuthenticated) return { kind: 'none' };
  const bases = await basesOf(resolver, host);
  if (bases.kind === 'failed') return { kind: 'failed', name: host, why: bases.why };
  for (const base of bases.names) {
    const name = `_${port}._tcp.${base}`;
    const answer = await ask(resolver, name, 'TLSA');
    if (answer.kind === 'failed') return { kind: 'failed', name, why: answer.why };
    if (answer.kind === 'nothing' || !answer.isAuthenticated) continue;
    const records = answer.records.filter(isUsable);
    return records.length === 0 ? { kind: 'unusable' } : { kind: 'found', records, base };
  }
  return { kind: 'none' };
}

/** RFC 7672 §2.2.3 and §2.1.3: names under which TLSA records may stand, best first. */
async function basesOf(resolver: Detailed, host: string): Promise<Bases> {
  const asked = await Promise.all([ask(resolver, host, 'A'), ask(resolver, host, 'AAAA')]);
  const found = asked.filter((answer) => answer.kind === 'records');
  const secure = found.find((answer) => answer.isAuthenticated);
  if (secure !== undefined)
    return names(secure.canonicalName === host ? [host] : [secure.canonicalName, host]);
  const failed = asked.find((answer) => answer.kind === 'failed');
  // We connect to what was known a moment ago: who jams this question must not get us there without authentication.
  if (found.length === 0) return failed ?? names([]);
  if (!found.some((answer) => answer.canonicalName !== host)) return names([]);
  // The end of the alias is not validated, its beginning may be.
  const alias = await ask(resolver, host, 'CNAME');
  if (alias.kind === 'failed') return alias;
  return names(alias.kind === 'records' && alias.isAuthenticated ? [host] : []);
}

type Bases =
  | { readonly kind: 'names'; readonly names: readonly string[] }
  | { readonly kind: 'failed'; readonly why: string };

function names(list: readonly string[]): Bases {
  return { kind: 'names', names: list };
}

type Answered<T extends RecordType> =
  | ({ readonly kind: 'records' } & DnsAnswer<T>)
  | { readonly kind: 'nothing' }
  | { readonly kind: 'failed'; readonly why: string };

async function ask<T extends RecordType>(
  resolver: Detailed,
  name: string,
  type: T,
): Promise<Answered<T>> {
  try {
    return { kind: 'records', ...(await resolver.resolveDetailed(name, type)) };
  } catch (cause) {
    const code = cause instanceof DnsError ? cause.code : '';
    if (code === 'ENODATA' || code === 'ENOTFOUND') return { kind: 'nothing' };
    return { kind: 'failed', why: code === '' ? String(cause) : code };
  }
}
