// The account book of this home, as the site API offers it.
import type { Account, AccountBook } from '@restante/accounts';
import type { AccountOperations, AccountRow } from '@restante/site-api';

export function createAccountOperations(accounts: AccountBook): AccountOperations {
  const rowOf = (account: Account): AccountRow => ({
    address: account.address,
    state: account.state,
    ...(account.quotaBytes === undefined ? {} : { quotaBytes: account.quotaBytes }),
    usageBytes: accounts.usageBytes(account.address),
  });
  return {
    add: async (account) => rowOf(await accounts.addAccount(account)),
    list: async (domain) => accounts.accounts(domain).map(rowOf),
    remove: async (address) => accounts.removeAccount(address),
    setPassword: async (address, password) => accounts.setPassword(address, password),
    setState: async (address, state) => accounts.setState(address, state),
    setQuota: async (address, quotaBytes) =>
      accounts.setQuota(address, quotaBytes === undefined ? {} : { bytes: quotaBytes }),
    aliases: async (domain) => accounts.aliases(domain),
    setAlias: async (address, targets) => accounts.setAlias({ address, targets }),
    removeAlias: async (address) => accounts.removeAlias(address),
    setCatchAll: async (domain, target) => accounts.setCatchAll(domain, target),
  };
}
