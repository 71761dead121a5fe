// Takes the octets that are not commands: a body after DATA, a chunk after BDAT.

export interface OctetReader {
  /** Takes from `start`; returns where it stopped. A promise is back-pressure: no more input until it resolves. */
  read(chunk: Buffer, start: number): number | Promise<number>;
  /** All of it has come; what follows are commands again. */
  readonly isComplete: boolean;
  /** Called once, as soon as it is complete; answers the client. */
  end(): Promise<void> | void;
}
