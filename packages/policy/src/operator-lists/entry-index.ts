// Which entries speak of somebody, without looking at all of them: networks by length and prefix, domains by name, senders by address,
// and below each of these whom the entry is for. A look costs a few lookups, however many entries there are.
import { domainOf } from '@restante/mail-model';
import ipaddr from 'ipaddr.js';
import type { MatchFacts, OperatorEntry } from './operator-lists.ts';

export interface EntryIndex {
  add(entry: OperatorEntry): void;
  remove(entry: OperatorEntry): void;
  /** Unordered; live or not is the caller's question. */
  find(facts: MatchFacts): OperatorEntry[];
}

/** Everybody ('') or whom an entry is for -> at most one entry of each list. */
type Bucket = Map<string, OperatorEntry[]>;

interface Prefix {
  readonly family: 4 | 6;
  readonly bits: number;
  readonly value: bigint;
}

export function createEntryIndex(): EntryIndex {
  /** Sender or domain as it is written. */
  const names = new Map<string, Bucket>();
  /** "4/24" -> prefix -> bucket: one map for each length that occurs. */
  const networks = new Map<string, Map<bigint, Bucket>>();

  const bucketOf = ({ subject }: OperatorEntry): Bucket => {
    if (subject.kind !== 'network')
      return madeIn(names, subject.kind === 'domain' ? subject.domain : subject.address);
    const { family, bits, value } = prefixOf(subject.network);
    return madeIn(madeIn(networks, `${family}/${bits}`), value);
  };
  const buckets = function* ({ clientAddress, sender = '' }: MatchFacts): Iterable<Bucket> {
    if (names.size > 0 && sender !== '') {
      const lower = sender.normalize('NFC').toLowerCase();
      yield* present(names, [lower, ...domainKeys(domainOf(lower))]);
    }
    if (clientAddress === undefined || networks.size === 0) return;
    const client = addressOf(clientAddress);
    if (client === undefined) return;
    const widest = client.family === 4 ? 32 : 128;
    for (const [kind, prefixes] of networks) {
      if (Number(kind[0]) !== client.family) continue;
      yield* present(prefixes, [client.value >> BigInt(widest - Number(kind.slice(2)))]);
    }
  };

  return {
    add(entry) {
      const bucket = bucketOf(entry);
      const key = entry.for ?? '';
      bucket.set(key, [...(bucket.get(key) ?? []).filter(({ id }) => id !== entry.id), entry]);
    },
    // An empty bucket may stay: there are never more of them than there were entries.
    remove(entry) {
      const bucket = bucketOf(entry);
      const key = entry.for ?? '';
      const left = (bucket.get(key) ?? []).filter(({ id }) => id !== entry.id);
      if (left.length === 0) bucket.delete(key);
      else bucket.set(key, left);
    },
    find(facts) {
      const recipient = facts.recipient?.toLowerCase();
      const whom = recipient === undefined ? [''] : ['', recipient, domainOf(recipient)];
      const inBucket = (bucket: Bucket) => whom.flatMap((key) => bucket.get(key) ?? []);
      const found = [...buckets(facts)].flatMap(inBucket);
      if (facts.helo === undefined || names.size === 0) return found;
      const byHelo = [...present(names, domainKeys(facts.helo.toLowerCase()))].flatMap(inBucket);
      return [...new Set([...found, ...byHelo.filter(({ list }) => list === 'block')])];
    },
  };
}

/** "a.b.test" -> "a.b.test", ".b.test", ".test". */
function domainKeys(domain: string): readonly string[] {
  if (domain.length > 255) return [];
  const keys = [domain];
  for (let dot = domain.indexOf('.'); dot >= 0; dot = domain.indexOf('.', dot + 1))
    keys.push(domain.slice(dot));
  return keys;
}

function prefixOf(network: string): Prefix {
  const [address = '', bits] = network.split('/');
  const parsed = addressOf(address);
  if (parsed === undefined) throw new TypeError(`${network} is no network.`);
  const widest = parsed.family === 4 ? 32 : 128;
  const length = bits === undefined ? widest : Number(bits);
  return { family: parsed.family, bits: length, value: parsed.value >> BigInt(widest - length) };
}

function addressOf(text: string): { readonly family: 4 | 6; readonly value: bigint } | undefined {
  if (!ipaddr.isValid(text)) return undefined;
  const parsed = ipaddr.process(text.replace(/%.*$/, ''));
  const hex = parsed.toByteArray().map((byte) => byte.toString(16).padStart(2, '0'));
  return { family: parsed.kind() === 'ipv4' ? 4 : 6, value: BigInt(`0x${hex.join('')}`) };
}

function madeIn<Key, InnerKey, Value>(
  map: Map<Key, Map<InnerKey, Value>>,
  key: Key,
): Map<InnerKey, Value> {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = new Map<InnerKey, Value>();
  map.set(key, made);
  return made;
}

function* present<Key>(map: ReadonlyMap<Key, Bucket>, keys: readonly Key[]): Iterable<Bucket> {
  for (const key of keys) {
    const bucket = map.get(key);
    if (bucket !== undefined) yield bucket;
  }
}
