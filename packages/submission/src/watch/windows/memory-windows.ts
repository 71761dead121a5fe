// Windows of this process alone: what holds while Redis is away, and all there is without one.
import type { Clock } from '@restante/runtime';
import { bucketOf, fieldsOf, isOld, networksMax, sumFields, type Windows } from './windows.ts';

const accountsMax = 10_000;

export function createMemoryWindows(windowMs: number, clock: Clock): Windows {
  /** account -> fields; the account heard of last is the last one. */
  const accounts = new Map<string, Map<string, number>>();

  const fieldsFor = (account: string): Map<string, number> => {
    const fields = accounts.get(account) ?? new Map<string, number>();
    accounts.delete(account);
    accounts.set(account, fields);
    for (const oldest of accounts.keys()) {
      if (accounts.size <= accountsMax) break;
      accounts.delete(oldest);
    }
    return fields;
  };

  return {
    async add(account, counted) {
      const bucket = bucketOf(clock.now(), windowMs);
      const fields = fieldsFor(account);
      for (const field of fields.keys()) if (isOld(field, bucket)) fields.delete(field);
      const isCrowded = sumFields(fields, bucket).networks >= networksMax;
      for (const [field, count] of fieldsOf(counted, bucket)) {
        if (field.includes('@')) {
          if (!isCrowded) fields.set(field, 1);
        } else fields.set(field, (fields.get(field) ?? 0) + count);
      }
      return sumFields(fields, bucket);
    },
    async clear(account) {
      accounts.delete(account);
    },
  };
}
