// SHA-crypt, the $5$ and $6$ of crypt(3), after its public specification ("Unix crypt using SHA-256 and SHA-512", version 0.6).
//
// Thousands of small hashes in a row; they are made in slices, so that nobody else waits for them.
import { hash as digestOf, timingSafeEqual } from 'node:crypto';
import { setImmediate as breathe } from 'node:timers/promises';
import type { ForeignHash } from './foreign-hash.ts';

interface Kind {
  readonly algorithm: 'sha256' | 'sha512';
  /** Which bytes of the digest make each group of four letters. */
  readonly groups: readonly (readonly [number, number, number])[];
  /** The bytes that are left over, and the letters they make. */
  readonly last: readonly [number, number, number, letters: number];
}

const kinds: Readonly<Record<string, Kind>> = {
  '5': {
    algorithm: 'sha256',
    groups: groupsFrom([0, 10, 20], 10, ([a, b, c]) => [c + 1, a + 1, b + 1]),
    last: [-1, 31, 30, 3],
  },
  '6': {
    algorithm: 'sha512',
    groups: groupsFrom([0, 21, 42], 21, ([a, b, c]) => [b + 1, c + 1, a + 1]),
    last: [-1, -1, 63, 2],
  },
};

type Group = readonly [number, number, number];

const shape =
  /^\$([56])\$(?:rounds=(\d{1,9})\$)?([^$:\n]{0,16})\$([./0-9A-Za-z]{43}|[./0-9A-Za-z]{86})$/;
const letters = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const roundsDefault = 5000;
const roundsMax = 200_000;
const roundsPerSlice = 1000;

export function shaCrypt(text: string): ForeignHash | undefined {
  const found = shape.exec(text);
  const kind = kinds[found?.[1] ?? ''];
  const rounds = found?.[2] === undefined ? roundsDefault : Math.max(1000, Number(found[2]));
  if (found === null || kind === undefined || rounds > roundsMax) return undefined;
  const [salt, expected] = [Buffer.from(found[3] ?? ''), Buffer.from(found[4] ?? '')];
  return {
    async matches(password) {
      const made = Buffer.from(
        encoded(kind, await crypted(kind, Buffer.from(password), { salt, rounds })),
      );
      return made.length === expected.length && timingSafeEqual(made, expected);
    },
  };
}

async function crypted(
  { algorithm }: Kind,
  key: Buffer,
  { salt, rounds }: { readonly salt: Buffer; readonly rounds: number },
): Promise<Buffer> {
  const digest = (...parts: readonly Buffer[]) =>
    digestOf(algorithm, Buffer.concat(parts), 'buffer');
  const inner = digest(key, salt, key);
  const parts = [key, salt, repeated(inner, key.length)];
  for (let bits = key.length; bits > 0; bits >>= 1) parts.push(bits & 1 ? inner : key);
  let sum = digest(...parts);
  const ofKey = repeated(digest(...Array.from({ length: key.length }, () => key)), key.length);
  const ofSalt = repeated(
    digest(...Array.from({ length: 16 + (sum[0] ?? 0) }, () => salt)),
    salt.length,
  );
  const nothing = Buffer.alloc(0);
  for (let round = 0; round < rounds; round += 1) {
    const isOdd = round % 2 === 1;
    sum = digest(
      isOdd ? ofKey : sum,
      round % 3 === 0 ? nothing : ofSalt,
      round % 7 === 0 ? nothing : ofKey,
      isOdd ? sum : ofKey,
    );
    if (round % roundsPerSlice === roundsPerSlice - 1) await breathe();
  }
  return sum;
}

function repeated(bytes: Buffer, length: number): Buffer {
  return Buffer.alloc(length, bytes);
}

function encoded({ groups, last: [first, second, third, count] }: Kind, sum: Buffer): string {
  const text = groups.map((group) => lettersOf(sum, group, 4)).join('');
  return text + lettersOf(sum, [first, second, third], count);
}

/** The specification's base64: six bits at a time, the low ones first. An index below zero stands for no byte. */
function lettersOf(sum: Buffer, [high, middle, low]: Group, count: number): string {
  let bits = ((sum[high] ?? 0) << 16) | ((sum[middle] ?? 0) << 8) | (sum[low] ?? 0);
  let text = '';
  for (let index = 0; index < count; index += 1) {
    text += letters[bits & 63];
    bits >>= 6;
  }
  return text;
}

function groupsFrom(start: Group, count: number, next: (group: Group) => Group): readonly Group[] {
  const groups = [start];
  while (groups.length < count) groups.push(next(groups.at(-1) ?? start));
  return groups;
}
