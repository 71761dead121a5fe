// How much of its quota an account has used, as last counted by the mailbox store.
import type { Account, AccountBookOptions, Quota, Usage } from '../account-book.ts';
import type { AccountRecords } from './account-records.ts';

const noUse: Usage = { bytes: 0, messages: 0 };

export class UsageBook {
  readonly #records: AccountRecords;
  readonly #options: AccountBookOptions;

  constructor(records: AccountRecords, options: AccountBookOptions) {
    this.#records = records;
    this.#options = options;
  }

  quotaOf({ quotaBytes, quotaMessages }: Account): Quota {
    const bytes = quotaBytes ?? this.#options.quotaDefaultBytes;
    const messages = quotaMessages ?? this.#options.quotaDefaultMessages;
    return { ...(bytes !== undefined && { bytes }), ...(messages !== undefined && { messages }) };
  }

  usage(address: string): Usage {
    return this.#records.contents.usage.get(address) ?? noUse;
  }

  isFull(account: Account): boolean {
    const used = this.usage(account.address);
    const { bytes = Infinity, messages = Infinity } = this.quotaOf(account);
    return used.bytes >= bytes || used.messages >= messages;
  }

  fullAccounts(): readonly string[] {
    const { usage, accounts } = this.#records.contents;
    return [...usage.keys()].filter((address) => {
      const account = accounts.get(address);
      return account !== undefined && this.isFull(account);
    });
  }

  note(address: string, { bytes, messages }: Usage): void {
    const { usage, accounts } = this.#records.contents;
    const before = usage.get(address);
    const account = accounts.get(address);
    if (account === undefined || (before?.bytes === bytes && before.messages === messages)) return;
    const wasFull = this.isFull(account);
    this.#records.noteUsage(address, { bytes, messages });
    if (wasFull !== this.isFull(account)) this.#records.change(() => () => undefined);
  }
}
