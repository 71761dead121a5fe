// Keeps connections to one next hop and hands out turns on them, first come, first served.
//
// Promises
// - At most `limit` connections, opened only when there is work for them, closed when idle, old or no longer wanted.
// - A message that was lost before its body began, on a connection that had served others, is tried once more on another
//   one: servers close idle connections, and that says nothing about the message.
// - When no connection can be had, everybody who waits hears why at once. send() never throws.
// - After a refusal or a break there is a pause before the next connection is opened; those that stand go on.
import type { Clock } from '@restante/runtime';
import type { SmtpConnection, Transaction, TransactionResult } from '@restante/smtp';
import { ConnectionPool } from './connection-pool.ts';

export interface SmtpPoolOptions {
  /** Opens one connection, or throws why not. */
  connect(signal: AbortSignal): Promise<SmtpConnection>;
  /** Connections at the same time. */
  readonly limit: number;
  /** Messages over one connection. */
  readonly messagesMax: number;
  /** A connection without work is closed after this time. */
  readonly idleMaxMs: number;
  /** After this much idle time RSET must be answered before the connection is used again. */
  readonly staleAfterMs?: number;
  /** Pause before the next connection after one was refused or broke. */
  readonly reconnectPauseMs?: number;
  /** How long messages under way may take when we stop. */
  readonly stopGraceMs?: number;
  /** Somebody else waits for a connection to this address: one without work is closed at once. */
  readonly isWanted?: (address: string) => boolean;
  readonly clock?: Clock;
}

export type PoolAnswer =
  | {
      readonly kind: 'tried';
      readonly result: TransactionResult;
      readonly connection: SmtpConnection;
    }
  | { readonly kind: 'no-connection'; readonly failure: unknown }
  | { readonly kind: 'stopped' };

export interface SmtpPoolStats {
  readonly connections: number;
  readonly opening: number;
  readonly waiting: number;
}

export interface SmtpPool extends AsyncDisposable {
  send(transaction: Transaction, signal?: AbortSignal): Promise<PoolAnswer>;
  /** More or fewer connections from now on; at least one. */
  setLimit(limit: number): void;
  /** Closes one connection to this address that has nothing to do, if there is one. */
  closeIdle(address: string): void;
  readonly stats: SmtpPoolStats;
}

export function createSmtpPool(options: SmtpPoolOptions): SmtpPool {
  return new ConnectionPool(options);
}
