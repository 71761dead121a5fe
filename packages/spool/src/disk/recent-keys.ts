// Learns the duplicate keys of the last messages before anything else is read, so that a client whose 250 was lost in a crash and who comes
// back within milliseconds is recognised. The full reading later says the same again.
import { minuteOf } from './key-table.ts';
import { keysOf, startsConfirmed } from './message-keys.ts';
import type { MessageMeta, PlacesMeta } from './record-meta.ts';
import { recordTypes } from './record.ts';
import type { ReplyMemory } from './reply-memory.ts';
import { scanSegment } from './scan-segment.ts';
import type { Segment } from './segment.ts';

const recentBytes = 8 * 1024 * 1024;

export async function readRecentKeys(segment: Segment, memory: ReplyMemory): Promise<void> {
  const keys = new Map<number, Uint32Array>();
  await scanSegment({
    segment,
    fromByte: Math.max(0, segment.sizeBytes - recentBytes),
    visit: ({ head, offset, meta }) => {
      if (head.type === recordTypes.message) {
        const message = parse<MessageMeta>(meta);
        if (!message) return;
        const isConfirmed = message.state ? !message.state.isUnconfirmed : startsConfirmed(message);
        keys.set(offset, keysOf(message));
        memory.keys.remember(keysOf(message), {
          isConfirmed,
          minute: minuteOf(message.acceptedAtMs),
        });
      } else if (head.type === recordTypes.confirmed) {
        for (const [, number, at] of parse<PlacesMeta>(meta)?.of ?? []) {
          const confirmed = number === segment.number ? keys.get(at) : undefined;
          if (confirmed) memory.keys.rememberConfirmed(confirmed);
        }
      }
    },
  });
}

/** What makes no sense is reported by the full reading. */
function parse<T>(meta: Buffer): T | undefined {
  try {
    return JSON.parse(meta.toString('utf8')) as T;
  } catch {
    return undefined;
  }
}
