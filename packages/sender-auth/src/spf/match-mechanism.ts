// Does the mechanism match the client (RFC 7208 §5)? One function a mechanism; "all" and "include" are the evaluator's.
//
// Promises
// - A DNS failure is temperror at once (§5), except within ptr (§5.5).
// - A target that DNS cannot hold matches nothing (§4.8).
import { askDns } from '../ask-dns.ts';
import { spendTerm, spendVoid } from './check.ts';
import type { Check, Stop } from './check.ts';
import { contains, parseIpAddress } from './network.ts';
import type { Mechanism, Prefixes } from './record.ts';
import { shown } from './shown.ts';
import { isWellFormed, targetName } from './target-name.ts';
import { hasNameWithin, ptrNames } from './validated-names.ts';

export type Asking = Exclude<Mechanism, { readonly kind: 'all' | 'include' }>;
export type Match = boolean | Stop;

export async function matchMechanism(
  check: Check,
  domain: string,
  mechanism: Asking,
): Promise<Match> {
  if (mechanism.kind === 'network') return contains(mechanism.network, check.client);
  const stop = spendTerm(check.spent);
  if (stop) return stop;
  const name = await targetName(check, domain, mechanism.target);
  if (!isWellFormed(name)) return false;
  switch (mechanism.kind) {
    case 'a':
      return matchAddresses(check, name, mechanism.prefixes);
    case 'mx':
      return matchExchangers(check, name, mechanism.prefixes);
    case 'exists':
      return matchExistence(check, name);
    case 'ptr':
      return matchPtr(check, name);
  }
}

/** §5.3. */
async function matchAddresses(check: Check, name: string, prefixes: Prefixes): Promise<Match> {
  const answer = await askAddresses(check, name);
  if (answer.kind === 'failed') return failed(name, answer.problem);
  if (answer.kind === 'nothing') return spendVoid(check.spent) ?? false;
  return includesClient(check, answer.records, prefixes);
}

// §4.6.4: more names than this are a permerror.
const exchangersMax = 10;

/** §5.4. A domain without MX is not its own exchanger. */
async function matchExchangers(check: Check, name: string, prefixes: Prefixes): Promise<Match> {
  const exchangers = await askDns(() => check.resolver.resolve(name, 'MX'), check);
  if (exchangers.kind === 'failed') return failed(name, exchangers.problem);
  if (exchangers.kind === 'nothing') return spendVoid(check.spent) ?? false;
  if (exchangers.records.length > exchangersMax)
    return {
      result: 'permerror',
      problem: `${shown(name)} has more than ${exchangersMax} MX records.`,
    };
  let isEmptyCounted = false;
  const sorted = exchangers.records.toSorted((left, right) => left.priority - right.priority);
  for (const { exchange } of sorted) {
    // RFC 7505 §3: "." is no host.
    if (exchange === '' || exchange === '.') continue;
    const answer = await askAddresses(check, exchange);
    if (answer.kind === 'failed') return failed(exchange, answer.problem);
    if (answer.kind === 'records' && includesClient(check, answer.records, prefixes)) return true;
    if (answer.kind !== 'nothing') continue;
    // §4.6.4 counts terms. Hosts that have addresses of the other family only are nothing unusual: one void for all of
    // them. Those that do not exist count each.
    const stop = answer.isName && isEmptyCounted ? undefined : spendVoid(check.spent);
    if (stop) return stop;
    isEmptyCounted ||= answer.isName;
  }
  return false;
}

/** §5.7: an A record, whatever the client's family. */
async function matchExistence(check: Check, name: string): Promise<Match> {
  const answer = await askDns(() => check.resolver.resolve(name, 'A'), check);
  if (answer.kind === 'failed') return failed(name, answer.problem);
  return answer.kind === 'records' ? true : (spendVoid(check.spent) ?? false);
}

/** §5.5. */
async function matchPtr(check: Check, name: string): Promise<Match> {
  const { isVoid } = await ptrNames(check);
  if (isVoid) return spendVoid(check.spent) ?? false;
  return hasNameWithin(check, name);
}

function askAddresses(check: Check, name: string) {
  return askDns(
    () => check.resolver.resolve(name, check.client.family === 4 ? 'A' : 'AAAA'),
    check,
  );
}

function includesClient(check: Check, records: readonly string[], prefixes: Prefixes): boolean {
  const prefixBits = check.client.family === 4 ? prefixes.four : prefixes.six;
  return records.some((text) => {
    const address = parseIpAddress(text);
    return address !== undefined && contains({ ...address, prefixBits }, check.client);
  });
}

function failed(name: string, why: string): Stop {
  return {
    result: 'temperror',
    problem: `The addresses of ${shown(name)} are not to be had: ${why}`,
  };
}
