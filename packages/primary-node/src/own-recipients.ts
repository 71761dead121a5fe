// Who lives at this home, as its own edge asks and as its backups mirror it: made anew from the account book whenever that
// changes, answered from memory in between.
import { domainOf } from '@restante/mail-model';
import type { MailboxStore } from '@restante/mailbox-store';
import {
  buildSnapshot,
  createListOf,
  type RecipientAnswer,
  type RecipientDomain,
  type RecipientList,
  type RecipientSnapshot,
} from '@restante/recipients';
import type { Clock } from '@restante/runtime';
import { offices } from './is-office.ts';

export interface OwnRecipients {
  readonly list: RecipientList;
  readonly snapshot: RecipientSnapshot;
}

export interface OwnRecipientsOptions {
  readonly site: string;
  /** The domains whose home this is. */
  readonly domains: readonly Omit<RecipientDomain, 'catchAll' | 'entries'>[];
  readonly store: MailboxStore;
  readonly clock: Clock;
}

export function createOwnRecipients({
  site,
  domains,
  store,
  clock,
}: OwnRecipientsOptions): OwnRecipients {
  const { accounts } = store;
  // Only what the list is made of: it goes over the wire as it is, and its reader refuses what it does not know.
  const rules = domains.map(({ name, tagSeparator, isCaseSensitive, messageMaxBytes }) => ({
    name,
    tagSeparator,
    isCaseSensitive,
    ...(messageMaxBytes === undefined ? {} : { messageMaxBytes }),
  }));
  let made: { snapshot: RecipientSnapshot; list: RecipientList } | undefined;
  accounts.onChange(() => {
    // Made when somebody asks, so that a thousand changes in a row cost one list.
    made = undefined;
  });
  const current = () => {
    if (made !== undefined) return made;
    const people = accounts.accounts();
    const aliases = accounts.aliases();
    const leadsToSomebody = reach(store, domains, people);
    const dead = new Set(
      aliases
        .filter(({ address }) => !store.resolve(address).some(leadsToSomebody))
        .map(({ address }) => address),
    );
    const snapshot = buildSnapshot({
      site,
      epoch: accounts.epoch,
      version: accounts.version,
      madeAtMs: clock.now(),
      domains: rules,
      // A full mailbox is refused for now at RCPT, here and at the backup (452 4.2.2), instead of taken and put off.
      accounts: people
        .filter(({ address }) => !dead.has(address))
        .map((account) => ({ ...account, isFull: accounts.isFull(account.address) })),
      aliases: [
        ...aliases
          .filter(({ address }) => !dead.has(address))
          .map(({ address }) => ({ address, ...unjudged(store, address) })),
        ...officesOf(domains, people),
      ],
      catchAlls: new Map(
        [...accounts.catchAlls()].filter(
          ([, target]) => leadsToSomebody(target) || store.resolve(target).some(leadsToSomebody),
        ),
      ),
    });
    made = { snapshot, list: createListOf(snapshot) };
    return made;
  };

  return {
    list: {
      lookup: (address): RecipientAnswer => current().list.lookup(address),
      get snapshot() {
        return current().snapshot;
      },
    },
    get snapshot() {
      return current().snapshot;
    },
  };
}

/**
 * Whether mail for a target can arrive: it has a mailbox here, or lives at a domain that is not ours to know. An alias or
 * catch-all that leads to nobody is unknown at RCPT, not refused when the sender has gone (law 4).
 */
function reach(
  { accounts }: MailboxStore,
  domains: OwnRecipientsOptions['domains'],
  people: readonly { readonly address: string }[],
): (target: string) => boolean {
  const own = new Set(domains.map(({ name }) => name));
  const always = new Set(officesOf(domains, people).map(({ address }) => address));
  return (target) =>
    accounts.account(target) !== undefined || always.has(target) || !own.has(domainOf(target));
}

/** Postmaster and abuse are always somebody; local-deliverer.ts knows who when no account has the name. */
function officesOf(
  domains: readonly { readonly name: string }[],
  people: readonly { readonly address: string }[],
): { address: string }[] {
  return domains
    .filter(({ name }) => people.some(({ address }) => address.endsWith(`@${name}`)))
    .flatMap(({ name }) => offices.map((office) => ({ address: `${office}@${name}` })));
}

/** An alias is left unjudged when everybody behind it lives here and wants that. */
function unjudged(store: MailboxStore, alias: string): { readonly filtering?: 'off' } {
  const targets = store.resolve(alias);
  const wantIt = (target: string) => store.accounts.account(target)?.filtering === 'off';
  return targets.length > 0 && targets.every(wantIt) ? { filtering: 'off' } : {};
}
