// How long we wait for the other side, per phase (RFC 5321 §4.5.3.2 gives minimums; callers shorten them for peers).
import type { SmtpTimeouts } from './smtp-connection.ts';

const minute = 60_000;

export const rfcTimeouts: SmtpTimeouts = {
  // Not in the RFC; the kernel would try for minutes, and another MX may be waiting.
  connectMs: 30_000,
  greetingMs: 5 * minute, // RFC 5321 §4.5.3.2.1
  helloMs: 5 * minute, // As MAIL; RFC 5321 names none. Also the bound of a TLS handshake.
  mailMs: 5 * minute, // RFC 5321 §4.5.3.2.2
  rcptMs: 5 * minute, // RFC 5321 §4.5.3.2.3
  dataMs: 2 * minute, // RFC 5321 §4.5.3.2.4
  bodyMs: 3 * minute, // RFC 5321 §4.5.3.2.5: each block
  endOfDataMs: 10 * minute, // RFC 5321 §4.5.3.2.6
};

/** The RFC's times where the target names none. */
export function timeoutsOf(given: Partial<SmtpTimeouts> | undefined): SmtpTimeouts {
  return given === undefined ? rfcTimeouts : { ...rfcTimeouts, ...given };
}
