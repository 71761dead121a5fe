// Which addresses an account may write from. Pure over the same look-ups as resolve().
//
// Its own, with any tag; an alias that leads to it alone, or that names it among its targets; and, for whoever gets a
// domain's unknown mail, every address of the domain that is nobody's.
import { candidatesOf, canonicalAddress } from '../canonical-address.ts';
import { type Directory, resolveAddress, type ResolveRules } from './resolve.ts';

export function mayUse(
  account: string,
  address: string,
  { directory, rules }: { readonly directory: Directory; readonly rules: ResolveRules },
): boolean {
  const canonical = canonicalAddress(address, rules);
  if (canonical === undefined || !directory.isAccount(account)) return false;
  const candidates = candidatesOf(canonical, rules);
  const owner = candidates.find(
    (name) => directory.isAccount(name) || directory.targetsOf(name) !== undefined,
  );
  const leadsToItAlone = (name: string) => {
    const reached = resolveAddress(name, directory, rules);
    return reached.length === 1 && reached[0] === account;
  };
  if (owner === undefined) {
    return (
      directory.catchAllOf(canonical.domain) !== undefined && leadsToItAlone(canonical.address)
    );
  }
  // An account keeps its address for writing while an alias takes its mail elsewhere.
  if (owner === account) return true;
  const targets = directory.targetsOf(owner);
  return targets !== undefined && (targets.includes(account) || leadsToItAlone(owner));
}
