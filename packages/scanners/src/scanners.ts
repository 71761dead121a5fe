// What other programs say of a message: spamd (SPAMC), rspamd (HTTP), clamd (INSTREAM). Each sees the very bytes that will be stored (threat 18).
//
// Promises
// - The configured scanners run at the same time; each has a budget and ends within it (+ 50 ms). The body is streamed, never collected.
// - A scanner that fails several times in a row is left alone for a while (circuit breaker): then it costs nothing but is named in `failed`.
// - "Could not say" is never "clean": a scanner without an answer is in `failed`, with the reason.
// - Nothing here throws but for the signal.

export interface MessageToScan {
  /** Header lines with our trace on top, CRLF ended, without the empty line. */
  readonly header: Buffer;
  /** The body behind the empty line; asked for once by each scanner. */
  body(): Iterable<Buffer> | AsyncIterable<Buffer>;
  readonly bodyBytes: number;
  readonly messageId: string;
  readonly client: { readonly address: string; readonly name?: string; readonly helo: string };
  readonly sender: string;
  readonly recipients: readonly string[];
  /** Who logged in, for mail of our own people. */
  readonly account?: string;
}

export interface SpamScore {
  readonly by: 'spamd' | 'rspamd';
  readonly score: number;
  /** The scanner's own idea of where spam begins. */
  readonly threshold: number;
  /** Names of the rules that matched, at most 30; of rspamd the most telling first, spamd does not say. Plain characters only. */
  readonly rules: readonly string[];
}

export interface ScanReport {
  readonly scores: readonly SpamScore[];
  /** The name clamd gave it. */
  readonly virus?: string;
  readonly failed: readonly FailedScan[];
}

export interface FailedScan {
  readonly scanner: ScannerName;
  /** One sentence for the operator; nothing of it is a stranger's. */
  readonly why: string;
  /** "down": asking later may help. "unable": it will never say, for this message is too large for it. */
  readonly kind?: 'down' | 'unable';
}

export type ScannerName = 'spamd' | 'rspamd' | 'clamd';

export interface Scanners extends AsyncDisposable {
  readonly isConfigured: boolean;
  scan(message: MessageToScan, signal?: AbortSignal): Promise<ScanReport>;
  /**
   * Somebody moved it into Junk ("spam") or out of it ("ham"): the learning scanners are told. Answers which of them learned
   * something, when it was the message's turn; never rejects, and nobody needs to wait for it. Bounded: what is too much is dropped.
   */
  teach(what: 'spam' | 'ham', message: TaughtMessage): Promise<readonly ScannerName[]>;
}

export interface TaughtMessage {
  readonly bytes: () => Iterable<Buffer> | AsyncIterable<Buffer>;
  readonly sizeBytes: number;
  readonly account: string;
}

/** Each by itself is no reason to stop; together they tell how a scanner is. */
export type ScannerEvent =
  | {
      readonly name: 'scanner.answered';
      readonly scanner: ScannerName;
      readonly outcome: 'ok' | 'failed' | 'skipped';
      readonly durationMs: number;
    }
  | {
      readonly name: 'scanner.changed';
      readonly scanner: ScannerName;
      readonly to: 'used' | 'left-alone';
      readonly why: string;
    }
  | {
      readonly name: 'scanner.taught';
      readonly scanner: ScannerName;
      readonly what: 'spam' | 'ham';
      /** "known": there was nothing to learn. "dropped": too many were waiting, or it is too large. */
      readonly outcome: 'learned' | 'known' | 'failed' | 'dropped';
      readonly why?: string;
    };
