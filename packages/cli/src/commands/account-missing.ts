// What is gone already need not be taken away again: that is no failure.
import { SiteApiError } from '@restante/site-api';

export function isMissing(failure: unknown): boolean {
  return failure instanceof SiteApiError && failure.code === 'NOT_FOUND';
}
