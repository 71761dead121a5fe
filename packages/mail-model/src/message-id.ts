// Ids of messages, unique in the whole cluster. One message keeps its id on every site (law 6).
//
// Shape: "m", ten characters of time, fourteen of chance; lower-case Crockford base 32. So ids sort by time, need no
// inode, and are valid BullMQ job ids (no ":", never all digits).
import { createHash, randomFillSync } from 'node:crypto';

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
/** The fourteen characters of chance are counted in two halves of 35 bits: numbers are cheaper than bigints. */
const halfLength = 7;
const halfEnd = 2 ** 35;
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
  /** Time and the first half of the chance, as text: the same for all ids of a millisecond. */
  let head = '';
  let high = 0;
  let low = 0;
  return {
    next(nowMs) {
      // A clock that steps back must not make ids that sort before older ones.
      if (nowMs > lastMs) {
        lastMs = nowMs;
        [high, low] = chance(random(9));
        head = headOf(lastMs, high);
      } else {
        low += 1;
        if (low === halfEnd) {
          low = 0;
          high += 1;
          head = headOf(lastMs, high);
        }
      }
      return head + base32(low, halfLength);
    },
  };
}

function headOf(ms: number, high: number): string {
  return `m${base32(ms, 10)}${base32(high, halfLength)}`;
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
  for (let at = 1; at <= 10; at += 1) value = value * 32 + alphabet.indexOf(id.charAt(at));
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

/** 32 and 35 bits of chance, so that counting up within a millisecond cannot overflow the fourteen characters. */
function chance(bytes: Uint8Array): [high: number, low: number] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return [view.getUint32(0), ((bytes[4] ?? 0) & 7) * 2 ** 32 + view.getUint32(5)];
}

function base32(value: number, length: number): string {
  let text = '';
  for (let rest = value; text.length < length; rest = Math.floor(rest / 32))
    text = alphabet.charAt(rest % 32) + text;
  return text;
}
