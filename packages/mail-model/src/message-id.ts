// Ids of messages, unique in the whole cluster. One message keeps its id on every site (law 6).
//
// Shape: "m", ten characters of time, fourteen of chance; lower-case Crockford base 32. So ids sort by time, need no
// inode, and are valid BullMQ job ids (no ":", never all digits).
import { createHash, randomFillSync } from 'node:crypto';

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const shape = /^m[0-9a-hjkmnp-tv-z]{24}$/;
const entryShape = /^m[0-9a-hjkmnp-tv-z]{24}(-[1-9][0-9]{0,3})?$/;

/** Makes ids; two ids of one maker never collide and sort in the order they were made. */
export interface MessageIdMaker {
  next(nowMs: number): string;
}

export function createMessageIdMaker(
  random: (size: number) => Uint8Array = pooledRandom(),
): MessageIdMaker {
  let lastMs = -1;
  let tail = 0n;
  return {
    next(nowMs) {
      // A clock that steps back must not make ids that sort before older ones.
      if (nowMs > lastMs) {
        lastMs = nowMs;
        tail = chance(random(9));
      } else {
        tail += 1n;
      }
      return `m${base32(BigInt(lastMs), 10)}${base32(tail, 14)}`;
    },
  };
}

/**
 * The id of a message we make because of another one (a report, a forwarded copy): the same reason always gives the same id,
 * so that what is made again after a crash is stored once. Keeps the time of the message it comes from.
 */
export function derivedMessageId(id: string, reason: readonly string[]): string {
  const digest = createHash('sha256')
    .update([id, ...reason].join('\n'))
    .digest();
  return `${id.slice(0, 11)}${Array.from(digest.subarray(0, 14), (byte) => alphabet[byte & 31]).join('')}`;
}

/** True for the id of a message. */
export function isMessageId(text: string): boolean {
  return shape.test(text);
}

/** True for the id of a spool entry: a message id, with "-2" and so on for its later entries at one site. */
export function isSpoolId(text: string): boolean {
  return entryShape.test(text);
}

/** When the id was made, milliseconds since 1970. */
export function timeOfMessageId(id: string): number {
  let value = 0;
  for (const character of id.slice(1, 11)) value = value * 32 + alphabet.indexOf(character);
  return value;
}

/** The system is asked for chance in pieces of 4 KiB: one call of nine bytes costs as much. */
function pooledRandom(): (size: number) => Uint8Array {
  const pool = new Uint8Array(4096);
  let used = pool.length;
  return (size) => {
    if (used + size > pool.length) {
      randomFillSync(pool);
      used = 0;
    }
    used += size;
    return pool.subarray(used - size, used);
  };
}

/** 68 bits of chance, so that counting up within a millisecond cannot overflow the fourteen characters. */
function chance(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return value & ((1n << 68n) - 1n);
}

function base32(value: bigint, length: number): string {
  let text = '';
  for (let index = 0; index < length; index += 1) {
    text = alphabet[Number(value & 31n)] + text;
    value >>= 5n;
  }
  return text;
}
