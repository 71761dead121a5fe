// The client's validated names, for ptr and %{p} (RFC 7208 §5.5): PTR names whose addresses include the client's.
//
// Promises
// - At most ten names are looked at, the rest is ignored (§4.6.4), and each is looked up once per check.
// - Whatever DNS does here, nobody gets an error for it: that name just does not count (§5.5).
// - Names that lead nowhere are no void lookups: the client writes them, and would spoil the sender's record with them.
import { askDns } from '../ask-dns.ts';
import type { Check, PtrNames } from './check.ts';
import { isAddress } from './network.ts';

const namesMax = 10;

export function ptrNames(check: Check): Promise<PtrNames> {
  return (check.spent.ptr ??= askPtrNames(check));
}

async function askPtrNames(check: Check): Promise<PtrNames> {
  const answer = await askDns(() => check.resolver.reverse(check.clientText), check);
  return {
    names: answer.kind === 'records' ? answer.records.slice(0, namesMax) : [],
    isVoid: answer.kind === 'nothing',
  };
}

/** Has the client a validated name that is the domain or below it? */
export async function hasNameWithin(check: Check, domain: string): Promise<boolean> {
  const { names } = await ptrNames(check);
  for (const name of names) {
    if (isWithin(name, domain) && (await isValidated(check, name))) return true;
  }
  return false;
}

/** §7.3, %{p}: the domain itself, else a name below it, else any; "unknown" without one. */
export async function bestName(check: Check, domain: string): Promise<string> {
  const { names } = await ptrNames(check);
  const isDomain = (name: string) => name.toLowerCase() === domain.toLowerCase();
  const ranked = [
    ...names.filter(isDomain),
    ...names.filter((name) => isWithin(name, domain) && !isDomain(name)),
    ...names.filter((name) => !isWithin(name, domain)),
  ];
  for (const name of ranked) {
    if (await isValidated(check, name)) return name;
  }
  return 'unknown';
}

function isValidated(check: Check, name: string): Promise<boolean> {
  const known = check.spent.validated.get(name);
  if (known) return known;
  const type = check.client.family === 4 ? 'A' : 'AAAA';
  const asking = askDns(() => check.resolver.resolve(name, type), check).then(
    (answer) =>
      answer.kind === 'records' && answer.records.some((text) => isAddress(text, check.client)),
  );
  check.spent.validated.set(name, asking);
  return asking;
}

function isWithin(name: string, domain: string): boolean {
  const below = name.toLowerCase();
  const above = domain.toLowerCase();
  return below === above || below.endsWith(`.${above}`);
}
