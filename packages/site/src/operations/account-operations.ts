// The account book of this home, as the site API offers it.
import { type Account, type AccountBook, importAccounts, importProblem } from '@restante/accounts';
import { type AccountOperations, type AccountRow, SiteApiError } from '@restante/site-api';
import type { Suspensions } from '@restante/submission';
import { sendingOperations } from './sending-operations.ts';

/** Without `suspensions` what waits is not held, and nothing is known of unusual sending. */
export function createAccountOperations(
  accounts: AccountBook,
  suspensions?: Suspensions,
): AccountOperations {
  const rowOf = (account: Account) => accountRowOf(accounts, account);
  const known = (address: string): Account => {
    const account = accounts.account(address);
    if (account === undefined)
      throw new SiteApiError('NOT_FOUND', { detail: `There is no account ${address}.` });
    return account;
  };
  return {
    ...sendingOperations({ accounts, suspensions, known }),
    add: async (account) => rowOf(await accounts.addAccount(account)),
    list: async (domain) => accounts.accounts(domain).map(rowOf),
    show: async (address) => rowOf(known(address)),
    remove: async (address) => accounts.removeAccount(address),
    setPassword: async (address, password) => accounts.setPassword(address, password),
    setState: async (address, state) => accounts.setState(address, state),
    setQuota: async (address, change) => {
      const { quotaBytes: bytesNow = null, quotaMessages: messagesNow = null } = known(address);
      const { quotaBytes = bytesNow, quotaMessages = messagesNow } = change;
      accounts.setQuota(address, {
        ...(quotaBytes !== null && { bytes: quotaBytes }),
        ...(quotaMessages !== null && { messages: quotaMessages }),
      });
    },
    setFiltering: async (address, change) => accounts.setFiltering(address, change),
    import: async ({ rows, ifThere, isDryRun }) => {
      const answers = await importAccounts(accounts, rows, { ifThere, isDryRun });
      return answers.map((answer) =>
        answer.kind === 'refused'
          ? { kind: answer.kind, address: answer.address, problem: importProblem(answer.code) }
          : answer,
      );
    },
    exportWithHashes: async (domain) =>
      accounts.accounts(domain).map((account) => ({
        ...rowOf(account),
        passwordHash: accounts.secrets.passwordHashOf(account.address) ?? '',
      })),
    appPasswords: async (address) => accounts.appPasswords(address),
    addAppPassword: async (address, wanted) => {
      const { appPassword, secret } = await accounts.addAppPassword(address, wanted);
      return { ...appPassword, secret };
    },
    revokeAppPassword: async (address, id) => {
      if (!accounts.revokeAppPassword(address, id))
        throw new SiteApiError('NOT_FOUND', { detail: `${address} has no app password ${id}.` });
    },
    aliases: async (domain) => accounts.aliases(domain),
    setAlias: async (address, targets) => accounts.setAlias({ address, targets }),
    removeAlias: async (address) => accounts.removeAlias(address),
    catchAlls: async () =>
      [...accounts.catchAlls()].map(([domain, target]) => ({ domain, target })),
    setCatchAll: async (domain, target) => accounts.setCatchAll(domain, target),
  };
}

function accountRowOf(accounts: AccountBook, account: Account): AccountRow {
  const { suspension, sendLimits } = account;
  const { address, state, quotaBytes, quotaMessages, junk, filtering } = account;
  const { bytes, messages } = accounts.usage(address);
  const lastLoginAtMs = accounts.lastLoginAtMs(address);
  return {
    address,
    state,
    ...(quotaBytes !== undefined && { quotaBytes }),
    ...(quotaMessages !== undefined && { quotaMessages }),
    usageBytes: bytes,
    usageMessages: messages,
    ...(lastLoginAtMs !== undefined && { lastLoginAtMs }),
    ...(suspension !== undefined && { suspension }),
    ...(sendLimits !== undefined && { sendLimits }),
    ...(junk !== undefined && { junk }),
    ...(filtering !== undefined && { filtering }),
  };
}
