// How a site judges: tried out dry, and explained afterwards. For `restante policy test` and `restante explain`.

export interface JudgingQuestion {
  readonly clientAddress: string;
  readonly helo: string;
  readonly sender: string;
  readonly recipient: string;
  /** The whole message, base64; absent: only sender and recipient are judged. */
  readonly message?: string;
}

export interface JudgingReason {
  readonly check: string;
  readonly detail: string;
  readonly points?: number;
}

export interface JudgingAnswer {
  readonly site: string;
  /** Where it was decided. */
  readonly stage: 'rcpt' | 'data';
  readonly action: string;
  readonly points: number;
  readonly reasons: readonly JudgingReason[];
  readonly spam?: string;
  readonly identity?: Readonly<Record<string, string>>;
  /** What the stranger would hear; absent: taken. */
  readonly reply?: string;
  /** The header as it would be stored. */
  readonly header?: string;
}

/** A decision that was made, as the site's diary has it. */
export interface Decision {
  readonly atMs: number;
  readonly site: string;
  readonly id: string;
  readonly stage: string;
  readonly action: string;
  readonly clientAddress: string;
  readonly helo: string;
  readonly sender: string;
  readonly recipients: readonly string[];
  readonly reasons: readonly JudgingReason[];
  readonly reply?: string;
}

export interface JudgingOperations {
  tryOut(question: JudgingQuestion): Promise<JudgingAnswer>;
  /** By the id in a reply, or of a message; nothing: it is not known here, or was taken without objections. */
  decisions(id: string): Promise<readonly Decision[]>;
}
