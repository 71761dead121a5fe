// Who is blocked until when, in bounded memory: the blocks that were named least recently are forgotten first. Pure but for itself.
import { isIPv4, isIPv6 } from 'node:net';
import type { HarvestBlock } from './harvest-guard.ts';

const blockMaxMs = 86_400_000;
/** Told again and again, a block ends a little later each time by what the telling takes; that is no news. */
const toldSlackMs = 10_000;

export interface BlockTable {
  /** Undefined when there is none, or it is over. */
  get(subject: string, nowMs: number): HarvestBlock | undefined;
  /** True when it is new or ends later than the one that stands. What another says about a subject that was let go is not taken. */
  put(block: HarvestBlock, nowMs: number): boolean;
  letGo(subject: string, nowMs: number): boolean;
  list(nowMs: number): readonly HarvestBlock[];
  readonly isEmpty: boolean;
}

export function createBlockTable(blocksMax: number): BlockTable {
  const blocked = new Map<string, HarvestBlock>();
  /** Subject -> until when nobody else's word about it is taken. */
  const letGoUntilMs = new Map<string, number>();

  const get = (subject: string, nowMs: number): HarvestBlock | undefined => {
    const block = blocked.get(subject);
    if (block === undefined || block.untilMs > nowMs) return block;
    blocked.delete(subject);
    return undefined;
  };
  return {
    get,
    put(block, nowMs) {
      const { subject, from } = block;
      const untilMs = Math.min(block.untilMs, nowMs + blockMaxMs);
      if (!(untilMs > nowMs) || !isSubject(subject)) return false;
      if (from !== undefined && (letGoUntilMs.get(subject) ?? 0) > nowMs) return false;
      const standing = get(subject, nowMs);
      const slackMs = from === undefined ? 0 : toldSlackMs;
      if (standing !== undefined && standing.untilMs + slackMs >= untilMs) return false;
      // Taken out first, so that the order of the map is the order of the blocks.
      blocked.delete(subject);
      blocked.set(subject, { ...block, untilMs });
      if (blocked.size > blocksMax) forgetFirst(blocked);
      return true;
    },
    letGo(subject, nowMs) {
      const block = get(subject, nowMs);
      blocked.delete(subject);
      if (block === undefined) return false;
      letGoUntilMs.delete(subject);
      letGoUntilMs.set(subject, block.untilMs);
      if (letGoUntilMs.size > blocksMax) forgetFirst(letGoUntilMs);
      return true;
    },
    list(nowMs) {
      for (const subject of blocked.keys()) get(subject, nowMs);
      return [...blocked.values()];
    },
    get isEmpty() {
      return blocked.size === 0;
    },
  };
}

/** An address as it is counted, or a network around one; others tell us, so it is looked at. */
function isSubject(subject: string): boolean {
  if (subject.length > 50) return false;
  const [address = '', bits, more] = subject.split('/');
  if (more !== undefined) return false;
  if (isIPv4(address)) return bits === undefined || bits === '24';
  return isIPv6(address) && (bits === '64' || bits === '48');
}

function forgetFirst(map: Map<string, unknown>): void {
  for (const [key] of map) {
    map.delete(key);
    return;
  }
}
