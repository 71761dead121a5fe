// The sending of this home's people, as the site API offers it.
import type { Account, AccountBook } from '@restante/accounts';
import { SiteApiError, type SendingOperations } from '@restante/site-api';
import type { Suspensions } from '@restante/submission';

export interface SendingParts {
  readonly accounts: AccountBook;
  /** Absent where nobody sends. */
  readonly suspensions: Suspensions | undefined;
  /** Throws NOT_FOUND. */
  readonly known: (address: string) => Account;
}

export function sendingOperations({
  accounts,
  suspensions,
  known,
}: SendingParts): SendingOperations {
  return {
    async suspend(address, wanted) {
      const { address: name } = known(address);
      const { account, heldMessages, toBlock } = (await suspensions?.suspend(name, wanted)) ?? {
        account: accounts.sending.suspend(name, { ...wanted, by: 'operator' }),
        heldMessages: 0,
        toBlock: [],
      };
      if (account.suspension === undefined) throw new SiteApiError('NOT_NOW');
      return { suspension: account.suspension, heldMessages, places: toBlock };
    },
    async resume(address) {
      const { address: name } = known(address);
      const { lifted, releasedMessages } = (await suspensions?.resume(name)) ?? {
        lifted: accounts.sending.resume(name),
        releasedMessages: 0,
      };
      return { wasSuspended: lifted !== undefined, releasedMessages };
    },
    async explainSending(address) {
      const { points = 0, findings = [] } =
        (await suspensions?.explain(known(address).address)) ?? {};
      return { points, findings };
    },
    async setSendLimits(address, change) {
      const { recipientsPerHour: hourNow = null, recipientsPerDay: dayNow = null } =
        known(address).sendLimits ?? {};
      const { recipientsPerHour = hourNow, recipientsPerDay = dayNow } = change;
      accounts.sending.setLimits(known(address).address, {
        ...(recipientsPerHour !== null && { recipientsPerHour }),
        ...(recipientsPerDay !== null && { recipientsPerDay }),
      });
    },
  };
}
