// One command as it came: its text with the literals taken out, and the literals in order.

/** What a client sent as {n}, {n+} or ~{n}. */
export interface Literal {
  readonly sizeBytes: number;
  /** literal8 (RFC 3516 §4.2): may contain NUL. */
  readonly isBinary: boolean;
  readonly body: LiteralBody;
}

/** Small ones are in memory; large ones wait on disk and are read when asked for. */
export type LiteralBody = Buffer | SpilledLiteral;

export interface SpilledLiteral {
  readonly sizeBytes: number;
  open(): AsyncIterable<Buffer>;
}

export interface ReceivedCommand {
  /** One character a byte. Where a literal stood, its announcement and a line end stand: "{3}\r\n". */
  readonly text: string;
  readonly literals: readonly Literal[];
}
