// What checks know at each stage. A stage knows all that the former ones knew.

export interface ConnectionFacts {
  /** When it is judged; milliseconds since 1970. */
  readonly nowMs: number;
  readonly clientAddress: string;
  readonly listener: string;
}

export interface SenderFacts extends ConnectionFacts {
  readonly helo: string;
  readonly hasTls: boolean;
  /** MAIL FROM; '' is the null reverse-path. */
  readonly sender: string;
}

export interface RecipientFacts extends SenderFacts {
  readonly recipient: string;
}
