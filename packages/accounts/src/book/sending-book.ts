// Who may send how much, and who may not at all: the part of the account book about sending.
//
// Stopping somebody from sending is no change of who exists: the backups are not told a new list. It is durable all the same.
import type { Clock } from '@restante/runtime';
import type { Account } from '../account-book.ts';
import {
  type NewSuspension,
  type SendLimitsOfAccount,
  type Suspension,
  suspendedAlso,
} from '../suspension.ts';
import type { AccountRecords } from './account-records.ts';

export interface SendingBookParts {
  readonly records: AccountRecords;
  readonly clock: Clock;
  /** Throws ACCOUNT_UNKNOWN. */
  readonly known: (address: string) => Account;
}

export class SendingBook {
  readonly #parts: SendingBookParts;

  constructor(parts: SendingBookParts) {
    this.#parts = parts;
  }

  suspend(address: string, wanted: NewSuspension): Account {
    const nowMs = this.#parts.clock.now();
    return this.#save(address, (account) => {
      const suspension = suspendedAlso(asSuspension(account), wanted, nowMs);
      const state = suspension.scope === 'all' ? 'suspended' : account.state;
      return { ...account, state, suspension };
    });
  }

  resume(address: string): Suspension | undefined {
    const before = asSuspension(this.#parts.known(address));
    if (before === undefined) return undefined;
    this.#save(address, ({ suspension: _lifted, ...rest }) => ({ ...rest, state: 'active' }));
    return before;
  }

  stopOf(address: string): Suspension | undefined {
    const account = this.#parts.records.contents.accounts.get(address);
    return account === undefined ? undefined : asSuspension(account);
  }

  stops(): ReadonlyMap<string, Suspension> {
    const stops = new Map<string, Suspension>();
    for (const account of this.#parts.records.contents.accounts.values()) {
      const suspension = asSuspension(account);
      if (suspension !== undefined) stops.set(account.address, suspension);
    }
    return stops;
  }

  setLimits(address: string, limits: SendLimitsOfAccount): void {
    this.#save(address, ({ sendLimits: _before, ...rest }) =>
      Object.values(limits).every((limit) => limit === undefined)
        ? rest
        : { ...rest, sendLimits: limits },
    );
  }

  #save(address: string, changed: (account: Account) => Account): Account {
    const { records, known } = this.#parts;
    let after = known(address);
    const write = () => {
      after = changed(known(address));
      records.tables.updateAccount(after);
    };
    const { state } = changed(after);
    if (state === after.state) {
      records.write(write);
      records.contents.accounts.set(after.address, after);
    } else {
      records.change(() => {
        write();
        return ({ accounts }) => accounts.set(after.address, after);
      });
    }
    return after;
  }
}

/** What a state says about a suspension: "active" lifts one from everything, and leaves one from sending. */
export function withState(account: Account, state: Account['state']): Account {
  if (account.state === state) return account;
  const { suspension, ...rest } = account;
  return { ...rest, state, ...(suspension?.scope === 'sending' && { suspension }) };
}

/** An account that was suspended before there were reasons is suspended from everything. */
function asSuspension({ state, suspension, createdAtMs }: Account): Suspension | undefined {
  if (suspension !== undefined || state === 'active') return suspension;
  return {
    scope: 'all',
    reason: '',
    sinceMs: createdAtMs,
    by: 'operator',
    isConfirmedSpammer: false,
  };
}
