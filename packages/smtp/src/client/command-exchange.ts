// A few command lines and their replies, as an exchange on the wire: EHLO, RSET, QUIT, a probe's MAIL and RCPT.
import type { SmtpReply } from '@restante/mail-model';
import type { Exchange, Loss, Wire } from './wire.ts';

export interface CommandOptions {
  /** Each with its CRLF. Several are pipelined when the wire may, one after the other when not. */
  readonly lines: readonly string[];
  readonly timeoutMs: number;
  readonly isPipelined?: boolean;
}

export type CommandAnswer =
  | { readonly kind: 'answered'; readonly replies: readonly SmtpReply[] }
  | { readonly kind: 'lost'; readonly loss: Loss };

/** Resolves with one reply per line; never rejects. No lines: waits for one reply (the greeting). */
export function runCommands(wire: Wire, options: CommandOptions): Promise<CommandAnswer> {
  const { promise, resolve } = Promise.withResolvers<CommandAnswer>();
  wire.enqueue(new CommandExchange(wire, options, resolve));
  return promise;
}

class CommandExchange implements Exchange {
  readonly timeoutMs: number;
  readonly #wire: Wire;
  readonly #options: CommandOptions;
  readonly #resolve: (answer: CommandAnswer) => void;
  readonly #replies: SmtpReply[] = [];
  #written = 0;

  constructor(wire: Wire, options: CommandOptions, resolve: (answer: CommandAnswer) => void) {
    this.#wire = wire;
    this.#options = options;
    this.#resolve = resolve;
    this.timeoutMs = options.timeoutMs;
  }

  // Whatever follows a command must know its answer first.
  get isWritten(): boolean {
    return false;
  }

  begin(): void {
    const { lines, isPipelined = false } = this.#options;
    this.#written = isPipelined ? lines.length : Math.min(1, lines.length);
    for (const line of lines.slice(0, this.#written)) this.#wire.write(line);
  }

  onReply(reply: SmtpReply): boolean {
    this.#replies.push(reply);
    const { lines } = this.#options;
    if (this.#replies.length >= lines.length) {
      this.#resolve({ kind: 'answered', replies: this.#replies });
      return true;
    }
    if (this.#written < lines.length) {
      this.#wire.write(lines[this.#written] ?? '');
      this.#written += 1;
    }
    return false;
  }

  onLost(loss: Loss): void {
    this.#resolve({ kind: 'lost', loss });
  }
}
