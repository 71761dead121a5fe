// So and so many of something from one address within a minute; more is asked to come later. Peers are never asked about.
import { smtpReply } from '@restante/mail-model';
import { addressKey } from '../address-key.ts';
import { pass, type Check, type Client } from '../check.ts';
import { createRateCounter } from '../rate-counter.ts';

export interface RateLimit {
  /** "connections", "messages", "recipients": for name and text. */
  readonly of: string;
  readonly perMinute: number;
  readonly addressesRemembered: number;
  /** 421 closes the connection, 450 only refuses this one thing (RFC 5321 §4.2.2). */
  readonly code: 421 | 450;
}

export function rateLimit({ of, perMinute, addressesRemembered, code }: RateLimit): Check<Client> {
  const counter = createRateCounter({ windowMs: 60_000, keysMax: addressesRemembered });
  return {
    name: `rate-of-${of}`,
    judge({ address }, nowMs) {
      if (counter.add(addressKey(address), nowMs) <= perMinute) return pass;
      return {
        action: 'defer',
        detail: `${address} made more than ${perMinute} ${of} within a minute`,
        reply: smtpReply(
          code,
          '4.7.0',
          `Too many ${of} from your address within a minute; please come back later`,
        ),
      };
    },
  };
}
