// What an attempt needs to know of a message; structurally what the spool gives, without importing it.
import type { Envelope, Origin, Verdict } from '@restante/mail-model';

export type SpoolBodyLike =
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'stream'; readonly sizeBytes: number; open(): AsyncIterable<Buffer> };

export interface MessageToDeliver {
  /** Spool id. */
  readonly id: string;
  readonly messageId: string;
  /** All of the envelope; `recipients` below names those of this attempt. */
  readonly envelope: Envelope;
  /** Addresses of this attempt, each also in the envelope. */
  readonly recipients: readonly string[];
  readonly origin: Origin;
  readonly verdict: Verdict;
  readonly fingerprint: string;
  readonly replyUnconfirmed: boolean;
  readonly path: readonly string[];
  /** For another site that shall send it on to the world, because this one does not get through. */
  readonly isOnward?: boolean;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly acceptedAtMs: number;
  body(): Promise<SpoolBodyLike>;
}
