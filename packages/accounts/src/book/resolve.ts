// From an address on the wire to the mailboxes and foreign addresses behind it. Pure over three look-ups.
//
// An alias goes before an account of the same name; naming itself among its targets means that mailbox. Aliases may lead
// to aliases; loops end where they close, and everybody is found once.
import { type AddressRules, candidatesOf, canonicalAddress } from '../canonical-address.ts';
import type { Alias } from '../account-book.ts';

export interface ResolveRules extends AddressRules {
  /** Aliases that lead to aliases are followed this far. */
  readonly aliasDepthMax?: number;
}

export interface Directory {
  isAccount(address: string): boolean;
  targetsOf(address: string): readonly string[] | undefined;
  catchAllOf(domain: string): string | undefined;
}

// Wide enough for a list of a whole company.
const resultsMax = 10_000;

/** Account addresses, and targets that live elsewhere; empty when nobody is behind the address. */
export function resolveAddress(
  address: string,
  directory: Directory,
  rules: ResolveRules,
): readonly string[] {
  const found = new Set<string>();
  follow(address, { directory, rules, found, open: new Set() }, 0);
  return [...found];
}

/** True when an alias, were it set, would reach nobody: it closes a loop or a chain that is too long. */
export function leadsNowhere(alias: Alias, directory: Directory, rules: ResolveRules): boolean {
  const trial: Directory = {
    isAccount: (address) => directory.isAccount(address),
    targetsOf: (address) =>
      address === alias.address ? alias.targets : directory.targetsOf(address),
    catchAllOf: (domain) => directory.catchAllOf(domain),
  };
  return resolveAddress(alias.address, trial, rules).length === 0;
}

interface Walk {
  readonly directory: Directory;
  readonly rules: ResolveRules;
  readonly found: Set<string>;
  /** Aliases that are being expanded already. */
  readonly open: Set<string>;
}

function follow(address: string, walk: Walk, depth: number): void {
  const { directory, rules, found } = walk;
  if (depth > (rules.aliasDepthMax ?? 10) || found.size >= resultsMax) return;
  const canonical = canonicalAddress(address, rules);
  if (canonical === undefined) return;
  const isHere = (name: string) =>
    directory.isAccount(name) || directory.targetsOf(name) !== undefined;
  const known = candidatesOf(canonical, rules).find(isHere);
  const catchAll = known === undefined ? directory.catchAllOf(canonical.domain) : undefined;
  if (known !== undefined) expand(known, walk, depth);
  else if (catchAll !== undefined) follow(catchAll, walk, depth + 1);
  // Nobody here: as a target it lives elsewhere, as the address that was asked for it is unknown.
  else if (depth > 0) found.add(canonical.address);
}

function expand(name: string, walk: Walk, depth: number): void {
  const targets = walk.open.has(name) ? undefined : walk.directory.targetsOf(name);
  if (targets !== undefined) {
    walk.open.add(name);
    for (const target of targets) follow(target, walk, depth + 1);
  } else if (walk.directory.isAccount(name)) {
    // Also where a loop closes at a name that is an account too: "ana: ana, bob" keeps ana's own copy.
    walk.found.add(name);
  }
}
