// How much one client may do within a minute, for connections, messages and recipients. Peers are never asked about, trusted networks
// never counted; answers at once and from memory.
import { smtpReply, type SmtpReply } from '@restante/mail-model';
import { addressKey } from './address-key.ts';
import { createRateCounter } from './rate-counter.ts';

export interface Rate {
  /** "connections", "messages", "recipients": for name and text. */
  readonly of: string;
  readonly perMinute: number;
  readonly addressesRemembered: number;
  /** 421 closes the connection, 450 only refuses this one thing (RFC 5321 §4.2.2). */
  readonly code: 421 | 450;
}

export interface RateLimit {
  /** Bounded: a label of metrics. */
  readonly name: string;
  /** Counts one more; a reply refuses. */
  count(clientAddress: string, nowMs: number): SmtpReply | undefined;
}

export function rateLimit({ of, perMinute, addressesRemembered, code }: Rate): RateLimit {
  const counter = createRateCounter({ windowMs: 60_000, keysMax: addressesRemembered });
  const reply = smtpReply(
    code,
    '4.7.0',
    `Too many ${of} from your address within a minute; please come back later`,
  );
  return {
    name: `rate-of-${of}`,
    count: (address, nowMs) =>
      counter.add(addressKey(address), nowMs) <= perMinute ? undefined : reply,
  };
}
