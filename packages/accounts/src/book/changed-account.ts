// An account with one of its settings changed. Pure; the same account again when nothing is different.
import type { Account, FilteringChange, Quota } from '../account-book.ts';

/** The quota as a whole. */
export function withQuota(account: Account, { bytes, messages }: Quota): Account {
  if (account.quotaBytes === bytes && account.quotaMessages === messages) return account;
  const { quotaBytes: _bytes, quotaMessages: _messages, ...rest } = account;
  return {
    ...rest,
    ...(bytes !== undefined && { quotaBytes: bytes }),
    ...(messages !== undefined && { quotaMessages: messages }),
  };
}

/** Only what the change names. */
export function withFiltering(account: Account, change: FilteringChange): Account {
  const { junk: junkNow = 'folder', filtering: filteringNow = 'normal', ...rest } = account;
  const { junk = junkNow, filtering = filteringNow } = change;
  if (junk === junkNow && filtering === filteringNow) return account;
  return {
    ...rest,
    ...(junk === 'inbox' && { junk }),
    ...(filtering === 'off' && { filtering }),
  };
}
