// One other site, and what it and we know of strangers: told when something changes here, asked for every half minute.
//
// Either way alone is enough in the end. What a peer that is away was not told is told when it answers again; a cursor of each
// direction says how far we are, and only moves when the other side has taken what was before it.
import type { HarvestBlock, HarvestGuard, OperatorLists } from '@restante/policy';
import type { Clock } from '@restante/runtime';
import {
  sharedBlocksMax,
  SiteApiError,
  type JudgementClient,
  type Judgements,
  type SharedBlock,
} from '@restante/site-api';

export interface JudgementPeer {
  readonly name: string;
  readonly judgements: JudgementClient;
}

export interface KnownHere {
  readonly lists: OperatorLists;
  readonly guard: HarvestGuard;
  readonly clock: Pick<Clock, 'now'>;
}

export interface JudgementExchange {
  /** Tells what is new here. Rejects when the peer did not take it; nothing is lost by that. */
  push(): Promise<void>;
  /** Asks for what is new there. */
  pull(): Promise<void>;
  /** The peer said something: it need not hear it from us. */
  heard(told: Judgements): void;
}

/** A request may have 256 KiB. */
const requestBytes = 150_000;
const pagesMax = 500;
const echoesMax = 50_000;

export function createJudgementExchange(
  peer: JudgementPeer,
  { lists, guard, clock }: KnownHere,
): JudgementExchange {
  let askedUntil: string | undefined;
  // What stood here before is asked for by whoever starts.
  let toldUntil = lists.cursor;
  const toldBlocks = new Map<string, number>();
  const echoes = new Map<string, number>();

  const blocksToTell = (): readonly HarvestBlock[] => {
    const nowMs = clock.now();
    for (const [subject, untilMs] of toldBlocks) if (untilMs <= nowMs) toldBlocks.delete(subject);
    return ownBlocks(guard, nowMs).filter(
      ({ subject, untilMs }) => (toldBlocks.get(subject) ?? 0) < untilMs,
    );
  };
  const exchange: JudgementExchange = {
    async push() {
      const blocks = blocksToTell();
      if (blocks.length > 0) {
        for (const some of portions(toShared(blocks, clock.now())))
          await peer.judgements.tell({ entries: [], blocks: some });
        for (const { subject, untilMs } of blocks) toldBlocks.set(subject, untilMs);
      }
      for (;;) {
        const page = lists.changes(toldUntil);
        const entries = page.entries.filter(
          ({ id, changedAtMs }) => echoes.get(id) !== changedAtMs,
        );
        for (const some of portions(entries))
          await peer.judgements.tell({ entries: some, blocks: [] });
        toldUntil = page.cursor;
        if (!page.hasMore) return;
      }
    },
    async pull() {
      for (let page = 0; page < pagesMax; page += 1) {
        const answer = await peer.judgements.since(askedUntil).catch(nothingShared);
        if (answer === undefined) return;
        await takeIn(peer.name, answer, { lists, guard, clock });
        exchange.heard(answer);
        askedUntil = answer.cursor;
        if (!answer.hasMore) return;
      }
    },
    heard({ entries }) {
      if (echoes.size + entries.length > echoesMax) echoes.clear();
      for (const entry of entries) {
        const { id, changedAtMs } = entry as {
          readonly id?: unknown;
          readonly changedAtMs?: unknown;
        };
        if (typeof id === 'string' && typeof changedAtMs === 'number') echoes.set(id, changedAtMs);
      }
    },
  };
  return exchange;
}

/** What another site says, where it counts; answers how many entries were news. */
export async function takeIn(
  site: string,
  { entries, blocks }: Judgements,
  { lists, guard, clock }: KnownHere,
): Promise<number> {
  for (const { subject, leftMs } of blocks)
    guard.block({ subject, untilMs: clock.now() + leftMs, from: site });
  return entries.length === 0 ? 0 : lists.merge(entries);
}

/** Blocks that began here, the newest when there are too many. */
function ownBlocks(guard: HarvestGuard, nowMs: number): readonly HarvestBlock[] {
  return guard
    .blocks(nowMs)
    .filter(({ from }) => from === undefined)
    .slice(-sharedBlocksMax);
}

/** As another site is told of them. */
export function sharedBlocks({ guard, clock }: Omit<KnownHere, 'lists'>): readonly SharedBlock[] {
  return toShared(ownBlocks(guard, clock.now()), clock.now());
}

function toShared(blocks: readonly HarvestBlock[], nowMs: number): readonly SharedBlock[] {
  return blocks.map(({ subject, untilMs }) => ({
    subject,
    leftMs: Math.max(0, Math.round(untilMs - nowMs)),
  }));
}

/** A site of an older version has no such page. */
function nothingShared(failure: unknown): undefined {
  if (failure instanceof SiteApiError && failure.code === 'NOT_FOUND') return undefined;
  throw failure;
}

/** As many at once as fit into a request. */
function* portions<T>(all: readonly T[]): Iterable<readonly T[]> {
  let some: T[] = [];
  let sizeBytes = 0;
  for (const each of all) {
    const bytes = Buffer.byteLength(JSON.stringify(each)) + 1;
    if (some.length > 0 && sizeBytes + bytes > requestBytes) {
      yield some;
      some = [];
      sizeBytes = 0;
    }
    some.push(each);
    sizeBytes += bytes;
  }
  if (some.length > 0) yield some;
}
