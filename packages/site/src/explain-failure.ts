// Failures of the site's parts in the words of the site API; what is not named here stays "the site failed".
import { AccountsError } from '@restante/accounts';
import { RetryQueueError } from '@restante/retry-queue';
import { SiteApiError, type SiteApiFailureCode } from '@restante/site-api';

const accountsCodes: Partial<Record<AccountsError['code'], SiteApiFailureCode>> = {
  ADDRESS_INVALID: 'BAD_REQUEST',
  PASSWORD_UNFIT: 'BAD_REQUEST',
  PASSWORD_HASH_UNFIT: 'BAD_REQUEST',
  APP_PASSWORD_UNFIT: 'BAD_REQUEST',
  ALIAS_EMPTY: 'BAD_REQUEST',
  ALIAS_LOOP: 'NOT_POSSIBLE',
  ACCOUNT_EXISTS: 'ALREADY_THERE',
  ACCOUNT_UNKNOWN: 'NOT_FOUND',
  PASSWORD_QUEUE_FULL: 'NOT_NOW',
};

export function explainFailure(failure: unknown): SiteApiError | undefined {
  if (failure instanceof AccountsError) {
    const code = accountsCodes[failure.code];
    return code === undefined
      ? undefined
      : new SiteApiError(code, { detail: failure.message, cause: failure });
  }
  if (failure instanceof RetryQueueError)
    return new SiteApiError('NOT_NOW', {
      detail: 'Redis does not answer; no mail is lost. Try again when it does.',
      cause: failure,
    });
  return undefined;
}
