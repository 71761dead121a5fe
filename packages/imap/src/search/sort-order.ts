// SORT (RFC 5256 §3, RFC 5957): by the keys asked for, then by sequence number.
//
// Promise: each key of each message is made once, in columns; what is compared are numbers and plain strings.
import type { Message } from '@restante/mailbox-store';
import { baseSubject, type MailAddress, type ReadMessage } from '@restante/mime';
import { collationKey } from './collation-key.ts';

export type SortKey =
  | 'arrival'
  | 'cc'
  | 'date'
  | 'displayfrom'
  | 'displayto'
  | 'from'
  | 'size'
  | 'subject'
  | 'to';

export interface SortCriterion {
  readonly key: SortKey;
  readonly isReverse: boolean;
}

/** Whether messages have to be read (or described by the index) for this order. */
export function needsReading(criteria: readonly SortCriterion[]): boolean {
  return criteria.some(({ key }) => key !== 'arrival' && key !== 'size');
}

/** Collects the keys of messages in the order of their sequence numbers, then puts ids in order. */
export class SortOrder {
  readonly #criteria: readonly SortCriterion[];
  readonly #columns: readonly (number | string)[][];
  readonly #ids: number[] = [];

  constructor(criteria: readonly SortCriterion[]) {
    this.#criteria = criteria;
    this.#columns = criteria.map(() => []);
  }

  /** `about` only when needsReading() says so. */
  add(id: number, message: Message, about?: ReadMessage): void {
    this.#ids.push(id);
    for (const [index, { key }] of this.#criteria.entries()) {
      this.#columns[index]?.push(valueOf(key, message, about));
    }
  }

  sorted(): readonly number[] {
    const order = Uint32Array.from(this.#ids.keys());
    const columns = this.#columns.map((values, index) => ({
      values,
      // RFC 5256 §3: REVERSE turns the key behind it, not the sequence numbers that decide between equal ones.
      sign: this.#criteria[index]?.isReverse === true ? -1 : 1,
    }));
    order.sort((left, right) => {
      for (const { values, sign } of columns) {
        const [a, b] = [values[left] as number, values[right] as number];
        if (a < b) return -sign;
        if (a > b) return sign;
      }
      return left - right;
    });
    return Array.from(order, (index) => this.#ids[index] as number);
  }
}

function valueOf(
  key: SortKey,
  { receivedAtMs, sizeBytes }: Message,
  about: ReadMessage | undefined,
): number | string {
  const envelope = about?.envelope;
  switch (key) {
    case 'arrival':
      return receivedAtMs;
    case 'size':
      return sizeBytes;
    case 'date':
      // RFC 5256 §2.2: without a Date that can be understood, INTERNALDATE.
      return about?.sentAtMs ?? receivedAtMs;
    case 'subject':
      return collationKey(baseSubject(envelope?.subject ?? '').text);
    case 'cc':
      return collationKey(envelope?.cc[0]?.mailbox ?? '');
    case 'from':
      return collationKey(envelope?.from[0]?.mailbox ?? '');
    case 'to':
      return collationKey(envelope?.to[0]?.mailbox ?? '');
    case 'displayfrom':
      return collationKey(displayName(envelope?.from[0]));
    case 'displayto':
      return collationKey(displayName(envelope?.to[0]));
  }
}

/** RFC 5957 §3: the decoded name; a group's name; else the address itself. */
function displayName(address: MailAddress | undefined): string {
  if (address === undefined) return '';
  const { name, mailbox = '', domain } = address;
  if (name !== undefined && name !== '') return name;
  return domain === undefined ? mailbox : `${mailbox}@${domain}`;
}
