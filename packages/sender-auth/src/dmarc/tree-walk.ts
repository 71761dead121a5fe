// The DNS tree walk (RFC 9989 §4.10): which names are asked, and what their answers say about a domain. Pure but for `ask`.
//
// Promises
// - Eight questions at most, however many labels a name has.
// - Public suffixes need no list (threat 30): a name is an organization because a record says so. With no record on the way up, a name
//   is its own organization, and nothing but itself aligns with it.
import type { DmarcRecord } from './dmarc-record.ts';

/** What stands at one name. */
export type AtName =
  | { readonly kind: 'record'; readonly record: DmarcRecord; readonly problem?: string }
  | { readonly kind: 'unusable'; readonly problem: string }
  | { readonly kind: 'none' }
  /** DNS could not tell. */
  | { readonly kind: 'unknown'; readonly problem: string };

export type AskName = (name: string) => Promise<AtName>;

export interface Step {
  readonly name: string;
  readonly found: AtName;
}

/** §4.10 step 4: a name of eight labels or more is cut to its last seven after the first question. */
const labelsAfterCut = 7;

/** Longest first, the domain itself included. */
export function namesToAsk(domain: string): readonly string[] {
  const labels = domain.split('.');
  const from = Math.max(1, labels.length - labelsAfterCut);
  return [domain, ...labels.slice(from).map((_, index) => labels.slice(from + index).join('.'))];
}

/** Asks upwards until a record says what it is (psd=y, psd=n) or there is nothing above. */
export async function walkTree(domain: string, ask: AskName): Promise<readonly Step[]> {
  const steps: Step[] = [];
  for (const name of namesToAsk(domain)) {
    // One after the other: most walks end early, and what is above is nearly always in the cache.
    const found = await ask(name);
    steps.push({ name, found });
    if (found.kind === 'record' && found.record.psd !== 'u') break;
  }
  return steps;
}

export type OrgDomain =
  | { readonly kind: 'known'; readonly domain: string }
  | { readonly kind: 'unknown'; readonly problem: string };

/** §4.10.2, of the walk that started at the domain itself. */
export function orgDomainIn(steps: readonly Step[]): OrgDomain {
  const start = steps[0]?.name ?? '';
  let highest = start;
  for (const [index, { name, found }] of steps.entries()) {
    // What could not be asked may be the very record that decides.
    if (found.kind === 'unknown') return { kind: 'unknown', problem: found.problem };
    if (found.kind !== 'record') continue;
    // Rule 1.
    if (found.record.psd === 'n') return { kind: 'known', domain: name };
    // Rule 2: one label below the public suffix. Not for the start: the suffix itself is its own organization.
    if (found.record.psd === 'y' && index > 0)
      return { kind: 'known', domain: oneLabelBelow(start, name) };
    // Rule 3: the fewest labels.
    highest = name;
  }
  return { kind: 'known', domain: highest };
}

function oneLabelBelow(domain: string, suffix: string): string {
  const labels = domain.split('.');
  return labels.slice(-(suffix.split('.').length + 1)).join('.');
}

export type PolicyFound =
  | {
      readonly kind: 'policy';
      readonly at: string;
      readonly record: DmarcRecord;
      readonly problem?: string;
    }
  | { readonly kind: 'none'; readonly problem?: string }
  | { readonly kind: 'unknown'; readonly problem: string };

/** §4.10.1: the record at the domain itself, else at its organization, else at the public suffix above. */
export function policyIn(steps: readonly Step[]): PolicyFound {
  const own = steps[0]?.found;
  if (own?.kind === 'record') return policyAt(steps[0]);
  if (own?.kind === 'unknown') return own;
  // §4.10.1: no DMARC for this message then; nobody else's policy takes its place.
  if (own?.kind === 'unusable') return { kind: 'none', problem: own.problem };
  const org = orgDomainIn(steps);
  if (org.kind === 'unknown') return org;
  const atOrg = steps.find(({ name }) => name === org.domain);
  if (atOrg?.found.kind === 'record') return policyAt(atOrg);
  if (atOrg?.found.kind === 'unusable') return { kind: 'none', problem: atOrg.found.problem };
  const suffix = steps.find(({ found }) => found.kind === 'record' && found.record.psd === 'y');
  if (suffix !== undefined) return policyAt(suffix);
  const unusable = steps.map(({ found }) => found).find(({ kind }) => kind === 'unusable');
  return unusable?.kind === 'unusable'
    ? { kind: 'none', problem: unusable.problem }
    : { kind: 'none' };
}

function policyAt(step: Step | undefined): PolicyFound {
  if (step?.found.kind !== 'record') return { kind: 'none' };
  const { record, problem } = step.found;
  return {
    kind: 'policy',
    at: step.name,
    record,
    ...(problem !== undefined && { problem }),
  };
}
