// Tells the operator what cannot wait for the next look at a dashboard: the port.
//
// Promises
// - send() returns at once, never throws, and never makes a caller wait for somebody else's web server.
// - Every notice ends in an event: sent, failed, or left out, for each way.

export interface Notice {
  /** A stable word for programs: "account.suspended". */
  readonly kind: string;
  readonly severity: 'info' | 'warning' | 'critical';
  /** One sentence: what happened. */
  readonly title: string;
  /** What is known, and what to do. */
  readonly text: string;
  readonly facts?: Readonly<Record<string, string | number | boolean>>;
  /** The matter; said again within the quiet time it is not told again. */
  readonly key?: string;
}

export interface Notices extends AsyncDisposable {
  send(notice: Notice): void;
  /** Resolves when nothing waits and nothing is on its way. */
  settled(): Promise<void>;
}

export type NoticeWay = 'webhook' | 'command';

/** [notices] of the configuration; see config.ts. */
export interface NoticesSettings {
  /** The address, or "env:NAME". */
  readonly webhookUrl?: string;
  /** Its first line is the address. */
  readonly webhookUrlFile?: string;
  readonly webhookTimeoutMs: number;
  readonly command: readonly string[];
  readonly commandTimeoutMs: number;
  readonly attemptsMax: number;
  readonly quietMs: number;
}

export type NoticeEvent =
  | { readonly name: 'notice.sent'; readonly via: NoticeWay; readonly kind: string }
  | {
      readonly name: 'notice.failed';
      readonly via: NoticeWay;
      readonly kind: string;
      readonly title: string;
      readonly cause: unknown;
    };
