// No mail server of a domain gave us a session. Remembers what each of them did, because it matters who failed: a network that
// does not carry us is a reason to try from elsewhere, a server that does not want us is not.
import { SmtpConnectionError } from '@restante/smtp';

export class NoSession extends Error {
  override readonly name = 'NoSession';
  /** In the order they were tried. */
  readonly failures: readonly unknown[];

  constructor(failures: readonly unknown[]) {
    super('No mail server gave us a session.', { cause: failures.at(-1) });
    this.failures = failures;
  }

  /** Not one of them answered. */
  get isUnreachable(): boolean {
    return this.failures.every(isNetworkTrouble);
  }
}

/** The server said nothing that we heard, as opposed to saying no. */
export function isNetworkTrouble(failure: unknown): boolean {
  return (
    failure instanceof SmtpConnectionError &&
    failure.reply === undefined &&
    (failure.code === 'SMTP_UNREACHABLE' ||
      failure.code === 'SMTP_TIMEOUT' ||
      failure.code === 'SMTP_LOST')
  );
}
