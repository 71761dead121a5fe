// Somebody who names many people that do not exist is guessing addresses: his address, then his network, is sent away for some minutes,
// before virus and spam software has any work with him (R9).
//
// Promises
// - judge() answers at once from memory; counting goes to Redis behind the scenes, so that all nodes of a site count together, and works
//   without it.
// - A block that begins here is told to onBlock (the site tells the others); one told by another site holds here as well.
// - Memory is bounded; the least recent are forgotten first.
import type { SmtpReply } from '@restante/mail-model';

export interface HarvestBlock {
  /** Address or network key, as counted. */
  readonly subject: string;
  readonly untilMs: number;
  /** The site it began at; absent: this one. */
  readonly from?: string;
}

export interface HarvestGuard extends AsyncDisposable {
  /** A reply refuses (450 with the minutes left). */
  judge(clientAddress: string, nowMs: number): SmtpReply | undefined;
  noteUnknown(clientAddress: string, nowMs: number): void;
  /** Another node or site has blocked it. What is no address or network is not listened to; no block is longer than a day. */
  block(block: HarvestBlock): void;
  /** The operator lets it go, at all nodes of this site; what others still say about it does not count any more. False: it was not blocked. */
  unblock(subject: string): boolean;
  blocks(nowMs: number): readonly HarvestBlock[];
}
