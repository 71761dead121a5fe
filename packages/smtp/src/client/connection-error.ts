// Every way an SMTP or LMTP connection can fail to be, or cease to be, useful. Codes are stable; texts are for people.
import type { SmtpReply } from '@restante/mail-model';
import type { SmtpConnectFailure, SmtpPhase } from './smtp-connection.ts';

export const smtpConnectionFailures = {
  SMTP_UNREACHABLE: { retry: true, meaning: 'No connection could be made' },
  SMTP_REFUSED: { retry: true, meaning: 'The server refused the session' },
  SMTP_TIMEOUT: { retry: true, meaning: 'The server did not answer in time' },
  SMTP_LOST: { retry: true, meaning: 'The connection was closed by the other side' },
  SMTP_GARBAGE: { retry: true, meaning: 'The server said something that is not SMTP' },
  SMTP_TLS_NOT_OFFERED: { retry: true, meaning: 'TLS is required here but was not offered' },
  SMTP_TLS_FAILED: { retry: true, meaning: 'The TLS handshake failed' },
  SMTP_STOPPED: { retry: true, meaning: 'We gave the connection up ourselves' },
} as const;

export type SmtpConnectionFailureCode = keyof typeof smtpConnectionFailures;

export interface SmtpConnectionErrorOptions extends ErrorOptions {
  readonly phase: SmtpPhase;
  /** "mx.example.test[192.0.2.1]:25" */
  readonly peer: string;
  readonly reply?: SmtpReply;
  /** What exactly, for the log. */
  readonly detail?: string;
}

export class SmtpConnectionError extends Error implements SmtpConnectFailure {
  override readonly name = 'SmtpConnectionError';
  readonly code: SmtpConnectionFailureCode;
  readonly phase: SmtpPhase;
  readonly peer: string;
  declare readonly reply?: SmtpReply;

  constructor(code: SmtpConnectionFailureCode, options: SmtpConnectionErrorOptions) {
    const { phase, peer, reply, detail, ...rest } = options;
    const why = detail === undefined ? '' : `: ${detail}`;
    super(`${smtpConnectionFailures[code].meaning} (${peer}, ${phase})${why}`, rest);
    this.code = code;
    this.phase = phase;
    this.peer = peer;
    if (reply !== undefined) this.reply = reply;
  }
}
