// Gives back the space of segments whose messages are gone. Never in the way of accepting: one segment at a time, in small steps.
//
// A segment may be unlinked when it holds no live message, no client may still confirm one of its messages, and no older segment exists
// that its records speak about (a release recorded here must outlive the message it releases). First its duplicate keys go to the ledger, synced.
// A mostly dead or pinned segment that has been quiet for a while is emptied: what still counts is appended again, synced, then it goes.
// A crash in between leaves copy and original; the copy is later in the log, so it wins.
import type { EventSink } from '@restante/mail-model';
import type { Clock } from '@restante/runtime';
import type { Catalog } from './catalog.ts';
import type { Entry } from './entry.ts';
import type { EntryChanges } from './entry-changes.ts';
import type { GroupCommit } from './group-commit.ts';
import type { Ledger } from './ledger.ts';
import type { MessageReader } from './message-reader.ts';
import type { MessageMeta, Place, PlacesMeta } from './record-meta.ts';
import { toRows } from './record-meta.ts';
import { recordTypes } from './record.ts';
import type { ReplyMemory } from './reply-memory.ts';
import { scanSegment } from './scan-segment.ts';
import type { SegmentDirectory } from './segment-directory.ts';
import type { Segment } from './segment.ts';

export interface ReclaimParts {
  readonly segments: SegmentDirectory;
  readonly catalog: Catalog;
  readonly commits: GroupCommit;
  readonly changes: EntryChanges;
  readonly reader: MessageReader;
  readonly memory: ReplyMemory;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly onEvent: EventSink;
  /** No copying before the segment was left alone that long: a drain empties segments by itself. */
  readonly quietMs?: number;
  isStopped(): boolean;
}

/** Below this share of live bytes a quiet segment is emptied. */
const liveShareMin = 0.25;
const quietDefaultMs = 60_000;
const groupSize = 32;
const groupPauseMs = 5;

export async function reclaimOnce(parts: ReclaimParts): Promise<void> {
  const present = [...parts.segments.segments.values()]; // Copying makes new ones, which are not for this round.
  for (const segment of present) {
    if (parts.isStopped()) return;
    if (!mayGo(parts, segment)) continue;
    if (segment.liveMessages === 0 && !isPinned(parts, segment)) await drop(parts, segment, 0);
    else if (isWorthEmptying(parts, segment)) await empty(parts, segment);
  }
}

function mayGo({ commits, memory }: ReclaimParts, segment: Segment): boolean {
  return segment.isLoaded && segment !== commits.active && !memory.isAwaiting(segment.number);
}

function isPinned({ segments }: ReclaimParts, segment: Segment): boolean {
  for (const number of segment.refersTo) if (segments.segments.has(number)) return true;
  return false;
}

function isWorthEmptying(
  { clock, quietMs = quietDefaultMs }: ReclaimParts,
  segment: Segment,
): boolean {
  return (
    segment.liveBytes < segment.sizeBytes * liveShareMin &&
    clock.monotonicMs() - segment.changedAtMs >= quietMs
  );
}

async function drop(
  { segments, memory, ledger, clock, onEvent }: ReclaimParts,
  segment: Segment,
  movedMessages: number,
): Promise<void> {
  const keys = segment.keys.all();
  memory.keys.touch(keys);
  await ledger.append(keys, memory.keys, clock.now());
  await segments.remove(segment);
  onEvent({ name: 'spool.reclaimed', segment: segment.name, movedMessages });
}

async function empty(parts: ReclaimParts, segment: Segment): Promise<void> {
  const live = await whatStillCounts(parts, segment);
  await inGroups(parts, live.messages, async (entry) => await copyForward(parts, segment, entry));
  await inGroups(
    parts,
    live.settled,
    async (entry) => await parts.changes.repeatOutcomes(entry, segment),
  );
  await inGroups(parts, live.heldOrNot, async (entry) => await parts.changes.repeatHold(entry));
  await parts.changes.repeat(live);
  if (segment.liveMessages === 0 && !parts.isStopped())
    await drop(parts, segment, live.messages.length);
}

/** A group shares a sync, and the pause lets everybody else go first. */
async function inGroups(
  parts: ReclaimParts,
  entries: readonly Entry[],
  work: (entry: Entry) => Promise<void>,
): Promise<void> {
  for (let at = 0; at < entries.length && !parts.isStopped(); at += groupSize) {
    const group = entries.slice(at, at + groupSize);
    await Promise.all(
      group.map(async (entry) => await parts.changes.inTurn(entry, async () => await work(entry))),
    );
    await parts.clock.sleep(groupPauseMs);
  }
}

interface StillCounts {
  readonly messages: readonly Entry[];
  /** Live entries of other segments whose outcomes are recorded here. */
  readonly settled: readonly Entry[];
  /** Those of which a hold, or the end of one, is. */
  readonly heldOrNot: readonly Entry[];
  readonly released: readonly Place[];
  readonly confirmed: readonly Place[];
}

async function whatStillCounts(
  { catalog, segments, isStopped }: ReclaimParts,
  segment: Segment,
): Promise<StillCounts> {
  const messages = new Set<Entry>();
  const settled = new Set<Entry>();
  const heldOrNot = new Set<Entry>();
  const released: Place[] = [];
  const confirmed: Place[] = [];
  const isElsewhere = (place: Place): boolean =>
    place[1] !== segment.number && segments.segments.has(place[1]);
  await scanSegment({
    segment,
    isStopped,
    visit: ({ head, offset, meta }) => {
      if (head.type === recordTypes.seal) return;
      const value: unknown = JSON.parse(meta.toString('utf8'));
      if (head.type === recordTypes.message) {
        const entry = catalog.get((value as MessageMeta).id);
        if (entry?.segment === segment && entry.offset === offset) messages.add(entry);
      } else if (head.type === recordTypes.released)
        released.push(...(value as PlacesMeta).of.filter(isElsewhere));
      else if (head.type === recordTypes.confirmed)
        confirmed.push(...(value as PlacesMeta).of.filter(isElsewhere));
      else {
        const { of: place } = value as { readonly of: Place };
        const entry = catalog.get(place[0]);
        if (!entry || !isElsewhere(place) || !entry.isAt(place)) return;
        if (head.type !== recordTypes.outcomes) heldOrNot.add(entry);
        else if (entry.outcomes?.segment === segment) settled.add(entry);
      }
    },
  });
  return {
    messages: [...messages],
    settled: [...settled],
    heldOrNot: [...heldOrNot],
    released,
    confirmed,
  };
}

/** Appends message and state as one record, and believes in the new place once it is durable. */
async function copyForward(
  { catalog, changes, reader }: ReclaimParts,
  from: Segment,
  entry: Entry,
): Promise<void> {
  if (catalog.get(entry.id) !== entry || entry.segment !== from) return;
  const { message, body } = await reader.readWithBody(entry);
  if (entry.isLeaving) return; // Said while we were reading; the next round finds it gone.
  const { pending: _pending, outcomes, held, ...facts } = message;
  const meta: MessageMeta = {
    ...facts,
    ...(entry.large === undefined ? {} : { large: entry.large }),
    state: {
      outcomes: toRows(outcomes),
      isUnconfirmed: entry.isUnconfirmed,
      ...(held === undefined ? {} : { held }),
    },
  };
  const bytes = body.kind === 'bytes' ? { body: body.bytes } : {};
  await changes.append(
    entry,
    { type: recordTypes.message, meta, ...bytes },
    (segment, offset, headBytes) => {
      segment.keys.add(offset, entry.segment.keys.keysAt(entry.offset).slice());
      if (catalog.get(entry.id) === entry) catalog.move(entry, { segment, offset, headBytes });
    },
  );
}
