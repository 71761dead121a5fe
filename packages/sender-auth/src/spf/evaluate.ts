// check_host() (RFC 7208 §4): finds the record of a domain and goes through it, into includes and redirects.
//
// Promise: it ends. Every include and redirect spends one of ten terms (§4.6.4), and every question has the check's deadline.
import { askDns } from '../ask-dns.ts';
import { spendTerm } from './check.ts';
import type { Check, Stop } from './check.ts';
import type { SpfResult } from './check-host.ts';
import type { MacroString } from './macro-string.ts';
import { matchMechanism } from './match-mechanism.ts';
import type { Match } from './match-mechanism.ts';
import { isSpfRecord } from './parse-spf-record.ts';
import type { Directive, SpfRecord } from './record.ts';
import { shown } from './shown.ts';
import { isWellFormed, targetName } from './target-name.ts';

export interface HostResult {
  readonly result: SpfResult;
  /** The directive that matched. */
  readonly mechanism?: string;
  readonly problem?: string;
  /** With fail: where the explanation stands, and the domain it is expanded for. */
  readonly explanation?: { readonly spec: MacroString; readonly domain: string };
}

export async function checkHost(check: Check, domain: string): Promise<HostResult> {
  // §4.3: a malformed name or a single label has no policy, and is not asked for.
  if (!isWellFormed(domain) || !domain.includes('.'))
    return { result: 'none', problem: `${shown(domain)} is no domain to ask for.` };
  const found = await findRecord(check, domain);
  return 'record' in found ? evaluate(check, domain, found.record) : found;
}

/** §4.4, §4.5: TXT records only; the type SPF is history. */
async function findRecord(
  check: Check,
  domain: string,
): Promise<{ readonly record: SpfRecord } | HostResult> {
  const answer = await askDns(() => check.resolver.resolve(domain, 'TXT'), check);
  if (answer.kind === 'failed')
    return {
      result: 'temperror',
      problem: `The record of ${shown(domain)} is not to be had: ${answer.problem}`,
    };
  // §3.3: the strings of a record are joined without anything between them.
  const texts = answer.kind === 'records' ? answer.records.map((strings) => strings.join('')) : [];
  const [text, another] = texts.filter(isSpfRecord);
  if (text === undefined) return { result: 'none' };
  if (another !== undefined)
    return { result: 'permerror', problem: `${shown(domain)} has more than one SPF record.` };
  const record = check.parse(text);
  return record.ok
    ? { record: record.value }
    : { result: 'permerror', problem: `In the record of ${shown(domain)}: ${record.problem}` };
}

async function evaluate(check: Check, domain: string, record: SpfRecord): Promise<HostResult> {
  // §4.6.2: from left to right; the first that matches decides.
  for (const directive of record.directives) {
    const match = await matchDirective(check, domain, directive);
    if (typeof match !== 'boolean') return match;
    if (match) return matched(domain, record, directive);
  }
  // §6.1: redirect comes after all mechanisms, wherever it stands. (With an "all" nobody comes here.)
  if (record.redirect) return redirect(check, domain, record.redirect);
  // §4.7: the default.
  return { result: 'neutral' };
}

async function matchDirective(
  check: Check,
  domain: string,
  { mechanism }: Directive,
): Promise<Match> {
  if (mechanism.kind === 'all') return true;
  return mechanism.kind === 'include'
    ? matchInclude(check, domain, mechanism.target)
    : matchMechanism(check, domain, mechanism);
}

function matched(domain: string, record: SpfRecord, { result, text }: Directive): HostResult {
  const { explanation } = record;
  return {
    result,
    mechanism: text,
    // §6.2: an included record's exp is never used, because only the outer record's directive gets here.
    ...(result === 'fail' && explanation ? { explanation: { spec: explanation, domain } } : {}),
  };
}

/** §5.2: the table of what the other record's result means here. */
async function matchInclude(check: Check, domain: string, spec: MacroString): Promise<Match> {
  const stop = spendTerm(check.spent);
  if (stop) return stop;
  const target = await targetName(check, domain, spec);
  const { result, problem } = await checkHost(check, target);
  switch (result) {
    case 'pass':
      return true;
    case 'fail':
    case 'softfail':
    case 'neutral':
      return false;
    case 'temperror':
      return { result: 'temperror', problem: problem ?? '' };
    case 'permerror':
      return { result: 'permerror', problem: problem ?? '' };
    case 'none':
      return withoutRecord(target);
  }
}

/** §6.1: the target's result is ours; no record there is a permerror. */
async function redirect(check: Check, domain: string, spec: MacroString): Promise<HostResult> {
  const stop = spendTerm(check.spent);
  if (stop) return stop;
  const target = await targetName(check, domain, spec);
  const found = await checkHost(check, target);
  return found.result === 'none' ? withoutRecord(target) : found;
}

function withoutRecord(target: string): Stop {
  return {
    result: 'permerror',
    problem: `The record refers to ${shown(target)}, which has no SPF record.`,
  };
}
