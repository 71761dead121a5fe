// Aliases and catch-alls: which names there are besides the accounts, and who stands behind each.
import { parseDomain } from '@restante/mail-model';
import type { Alias } from '../account-book.ts';
import { type CanonicalAddress, canonicalAddress } from '../canonical-address.ts';
import { AccountsError } from '../errors.ts';
import type { AccountRecords } from './account-records.ts';
import { mayUse } from './may-use.ts';
import { type Directory, leadsNowhere, resolveAddress, type ResolveRules } from './resolve.ts';

export class Names implements Directory {
  readonly #records: AccountRecords;
  readonly #rules: ResolveRules;

  constructor(records: AccountRecords, rules: ResolveRules) {
    this.#records = records;
    this.#rules = rules;
  }

  setAlias(alias: Alias): void {
    const { address } = this.canonical(alias.address);
    const targets = [...new Set(alias.targets.map((target) => this.canonical(target).address))];
    if (targets.length === 0) throw new AccountsError('ALIAS_EMPTY', { about: address });
    if (leadsNowhere({ address, targets }, this, this.#rules))
      throw new AccountsError('ALIAS_LOOP', { about: address });
    if (isSame(this.targetsOf(address), targets)) return;
    this.#records.change(() => {
      this.#records.tables.replaceAlias(address, targets);
      return ({ aliases }) => aliases.set(address, { address, targets });
    });
  }

  removeAlias(alias: string): void {
    const { address } = this.canonical(alias);
    if (this.targetsOf(address) === undefined) return;
    this.#records.change(() => {
      this.#records.tables.replaceAlias(address, []);
      return ({ aliases }) => aliases.delete(address);
    });
  }

  setCatchAll(name: string, address: string | undefined): void {
    const parsed = parseDomain(name);
    if (!parsed.ok) throw new AccountsError('ADDRESS_INVALID', { about: name });
    const domain = parsed.value;
    const target = address === undefined ? undefined : this.canonical(address).address;
    if (this.catchAllOf(domain) === target) return;
    this.#records.change(() => {
      this.#records.tables.replaceCatchAll(domain, target);
      if (target === undefined) return ({ catchAlls }) => catchAlls.delete(domain);
      return ({ catchAlls }) => catchAlls.set(domain, target);
    });
  }

  resolve(address: string): readonly string[] {
    return resolveAddress(address, this, this.#rules);
  }

  mayUse(account: string, address: string): boolean {
    return mayUse(account, address, { directory: this, rules: this.#rules });
  }

  isAccount(address: string): boolean {
    return this.#records.contents.accounts.has(address);
  }

  targetsOf(address: string): readonly string[] | undefined {
    return this.#records.contents.aliases.get(address)?.targets;
  }

  catchAllOf(domain: string): string | undefined {
    return this.#records.contents.catchAlls.get(domain);
  }

  /** Throws ACCOUNT_EXISTS, also for one that is named twice. */
  refuseTaken(accounts: readonly { readonly address: string }[]): void {
    const seen = new Set<string>();
    for (const { address } of accounts) {
      if (this.isAccount(address) || seen.has(address))
        throw new AccountsError('ACCOUNT_EXISTS', { about: address });
      seen.add(address);
    }
  }

  /** Throws ADDRESS_INVALID. */
  canonical(address: string): CanonicalAddress {
    const canonical = canonicalAddress(address, this.#rules);
    if (canonical === undefined) throw new AccountsError('ADDRESS_INVALID', { about: address });
    return canonical;
  }
}

function isSame(before: readonly string[] | undefined, after: readonly string[]): boolean {
  return before?.length === after.length && after.every((each, index) => each === before[index]);
}

/** Those of a domain; all without one. */
export function ofDomain<T extends { readonly address: string }>(
  all: readonly T[],
  domain: string | undefined,
): readonly T[] {
  return domain === undefined
    ? all
    : all.filter(({ address }) => address.endsWith(`@${domain.toLowerCase()}`));
}
