// The guard in the memory of this process, with the counts and blocks of the site's other nodes when Redis answers (site-counts.ts).
//
// One address alone never gets its network blocked: what it does while it is blocked is not counted.
import { smtpReply } from '@restante/mail-model';
import type { Clock, RedisCaller } from '@restante/runtime';
import { addressKey } from '../address-key.ts';
import { networkKey } from '../network-key.ts';
import { createRateCounter } from '../rate-counter.ts';
import { createBlockTable } from './block-table.ts';
import type { HarvestBlock, HarvestGuard } from './harvest-guard.ts';
import { shareCounts } from './site-counts.ts';

export interface HarvestGuardOptions {
  /** The unknown recipient that begins a block. */
  readonly unknownMax: number;
  /** The same for the whole network (/24, /48) of several addresses; five times as many when absent. */
  readonly networkUnknownMax?: number;
  readonly windowMs: number;
  readonly blockMs: number;
  readonly addressesRemembered: number;
  /** Absent: this process counts alone. */
  readonly redis?: RedisCaller;
  /** In front of our keys; with braces for a Redis Cluster. */
  readonly redisPrefix?: string;
  /** This site. */
  readonly site: string;
  /** A block that began at this node; the site tells the others. Asked once per block. */
  readonly onBlock?: (block: HarvestBlock) => void;
  /** Redis does not answer (with the cause), or does again (without): counting goes on alone, or together. */
  readonly onRedis?: (cause: unknown) => void;
  readonly clock: Pick<Clock, 'now'>;
}

export function createHarvestGuard(options: HarvestGuardOptions): HarvestGuard {
  const { unknownMax, windowMs, blockMs, addressesRemembered, redis, site, clock } = options;
  const { networkUnknownMax = unknownMax * 5 } = options;
  const counter = createRateCounter({ windowMs, keysMax: addressesRemembered });
  const table = createBlockTable(Math.min(addressesRemembered, 100_000));
  const maxOf = (key: string) => (isNetwork(key) ? networkUnknownMax : unknownMax);

  const begin = (subject: string, nowMs: number): void => {
    counter.forget(subject);
    const block = { subject, untilMs: nowMs + blockMs };
    if (!table.put(block, nowMs)) return;
    shared?.blocked(block);
    options.onBlock?.(block);
  };
  const take = (block: HarvestBlock): boolean => {
    if (!table.put(block, clock.now())) return false;
    counter.forget(block.subject);
    return true;
  };
  const shared =
    redis &&
    shareCounts({
      redis,
      prefix: options.redisPrefix ?? '',
      site,
      windowMs,
      clock,
      // Counts of all nodes together, ours included.
      onCount: (key, count) => {
        const nowMs = clock.now();
        if (count >= maxOf(key) && table.get(key, nowMs) === undefined) begin(key, nowMs);
      },
      onBlock: (block) => void take(block),
      onUnblock: (subject) => {
        counter.forget(subject);
        table.letGo(subject, clock.now());
      },
      onRedis: options.onRedis,
    });
  const find = (address: string, nowMs: number): HarvestBlock | undefined => {
    if (table.isEmpty) return undefined;
    const key = addressKey(address);
    return table.get(key, nowMs) ?? table.get(networkKey(key), nowMs);
  };

  return {
    judge(address, nowMs) {
      const block = find(address, nowMs);
      if (block === undefined) return undefined;
      const minutes = Math.max(1, Math.ceil((block.untilMs - nowMs) / 60_000));
      return smtpReply(
        450,
        '4.7.1',
        `Too many recipients that do not exist came from your ${isNetwork(block.subject) ? 'network' : 'address'}; please try again in ${minutes} min`,
      );
    },
    noteUnknown(address, nowMs) {
      if (find(address, nowMs) !== undefined) return;
      const key = addressKey(address);
      for (const counted of new Set([key, networkKey(key)])) {
        if (counter.add(counted, nowMs) >= maxOf(counted)) begin(counted, nowMs);
        else shared?.counted(counted);
      }
    },
    block(block) {
      const told = { ...block, from: block.from ?? 'elsewhere' };
      if (told.from !== site && take(told)) shared?.blocked(told);
    },
    unblock(text) {
      const subject = subjectOf(text);
      counter.forget(subject);
      const wasBlocked = table.letGo(subject, clock.now());
      shared?.unblocked(subject);
      return wasBlocked;
    },
    blocks: (nowMs) => table.list(nowMs),
    [Symbol.asyncDispose]: async () => shared?.[Symbol.asyncDispose](),
  };
}

/** The key that is counted for an address or network, however it is written. */
function subjectOf(text: string): string {
  const [address = '', bits] = text.split('/');
  const key = addressKey(address);
  return bits === '24' || bits === '48' ? networkKey(key) : key;
}

/** A /64 is counted as one address. */
function isNetwork(subject: string): boolean {
  return subject.endsWith('/24') || subject.endsWith('/48');
}
