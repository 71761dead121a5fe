// Keys of signers: asked for in DNS, read once, remembered.
//
// Promises
// - Names are asked for once per message, all at the same time, within the budget; what DNS could not tell is temperror, what is
//   not there is permerror (RFC 6376 §6.1.2). Never throws but for the signal.
// - Records that were read are kept by their text, at most `recordsMax`; DNS decides how long they are true, not this memory.
import { DnsError, type Resolver } from '@restante/dns';
import { readKeyRecord, type KeyRecord, type ReadKeyRecord } from './key-record.ts';
import { permanent, type Flaw, type KeyPlace, type KeyType } from './signature-fields.ts';

export interface KeyFinderOptions {
  readonly resolver: Pick<Resolver, 'resolve'>;
  readonly budgetMs: number;
}

/** Keys for a place and a type, or why there is none. */
export type FoundKeys = readonly KeyRecord[] | Flaw;

export interface KeyFinder {
  /** Starts asking at once. */
  find(places: readonly KeyPlace[], limits?: FindLimits): Promise<FoundKeysOf>;
}

export interface FindLimits {
  readonly signal?: AbortSignal | undefined;
  /** Less than the finder's own. */
  readonly budgetMs?: number;
}

export type FoundKeysOf = (place: KeyPlace & { readonly keyType: KeyType }) => FoundKeys;

type Answer = readonly ReadKeyRecord[] | Flaw;

const recordsMax = 512;
const recordLengthMax = 8_192;
// RFC 6376 §6.1.2: of several keys any may be tried; nobody needs more than a few.
const keysTriedMax = 4;
const tooSlow: Flaw = { result: 'temperror', problem: 'DNS did not give the key in time.' };
const noKey = permanent('There is no key.');

export function createKeyFinder({ resolver, budgetMs }: KeyFinderOptions): KeyFinder {
  const read = new Map<string, ReadKeyRecord>();

  const recordOf = (text: string): ReadKeyRecord => {
    if (text.length > recordLengthMax) return permanent('The key record is too long.');
    const record = read.get(text) ?? readKeyRecord(text);
    // Least recently used goes first: a map keeps the order of insertion.
    read.delete(text);
    read.set(text, record);
    const oldest = read.size > recordsMax ? read.keys().next().value : undefined;
    if (oldest !== undefined) read.delete(oldest);
    return record;
  };

  const ask = async (name: string): Promise<Answer> => {
    try {
      const records = await resolver.resolve(name, 'TXT');
      return records.map((strings) => recordOf(strings.join('')));
    } catch (failure) {
      const isNothing = failure instanceof DnsError && !failure.isTransient;
      return isNothing ? noKey : { result: 'temperror', problem: 'DNS could not give the key.' };
    }
  };

  return {
    async find(places, { signal, budgetMs: left = budgetMs } = {}) {
      const answers = new Map<string, Answer>();
      const names = new Set(places.map(nameOf));
      const asked = Promise.all([...names].map(async (name) => answers.set(name, await ask(name))));
      if (names.size > 0) await inTime(asked, { budgetMs: left, signal });
      return (place) => usable(answers.get(nameOf(place)) ?? tooSlow, place.keyType);
    },
  };
}

function nameOf({ domain, selector }: KeyPlace): string {
  return `${selector}._domainkey.${domain}`;
}

function usable(answer: Answer, keyType: KeyType): FoundKeys {
  if ('problem' in answer) return answer;
  const records = answer.filter((record) => record !== 'other');
  const keys = records.filter((record) => 'key' in record);
  const fitting = keys.filter((record) => record.keyType === keyType).slice(0, keysTriedMax);
  if (fitting.length > 0) return fitting;
  if (keys.length > 0) return permanent('The key is of another type than the signature.');
  return records.find((record) => 'problem' in record) ?? noKey;
}

/** Waits for the work, for the budget, or throws the reason of the signal. Nearly always the key is known already: this must cost nothing. */
async function inTime(
  work: Promise<unknown>,
  { budgetMs, signal }: { readonly budgetMs: number; readonly signal: AbortSignal | undefined },
): Promise<void> {
  signal?.throwIfAborted();
  const { promise: over, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, budgetMs);
  const abort = () => reject(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  try {
    await Promise.race([work, over]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}
