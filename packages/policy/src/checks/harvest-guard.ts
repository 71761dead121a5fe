// Somebody who names many people that do not exist is guessing addresses: his address is sent away for some minutes, before
// virus and spam software has any work with him.
import { smtpReply } from '@restante/mail-model';
import { addressKey } from '../address-key.ts';
import { pass, type Check, type Client } from '../check.ts';
import { createRateCounter } from '../rate-counter.ts';

export interface HarvestGuardOptions {
  readonly unknownMax: number;
  readonly windowMs: number;
  readonly blockMs: number;
  readonly addressesRemembered: number;
}

export interface HarvestGuard extends Check<Client> {
  /** Another recipient that does not exist. */
  noteUnknown(address: string, nowMs: number): void;
}

export function harvestGuard({
  unknownMax,
  windowMs,
  blockMs,
  addressesRemembered,
}: HarvestGuardOptions): HarvestGuard {
  const unknown = createRateCounter({ windowMs, keysMax: addressesRemembered });
  const blockedUntilMs = new Map<string, number>();

  return {
    name: 'harvest-guard',
    noteUnknown(address, nowMs) {
      const key = addressKey(address);
      if (unknown.add(key, nowMs) < unknownMax) return;
      // Taken out first, so that the order of the map is the order of the blocks.
      blockedUntilMs.delete(key);
      blockedUntilMs.set(key, nowMs + blockMs);
      if (blockedUntilMs.size > addressesRemembered)
        blockedUntilMs.delete(blockedUntilMs.keys().next().value ?? '');
    },
    judge({ address }, nowMs) {
      const key = addressKey(address);
      const untilMs = blockedUntilMs.get(key);
      if (untilMs === undefined) return pass;
      if (untilMs <= nowMs) {
        blockedUntilMs.delete(key);
        unknown.forget(key);
        return pass;
      }
      const minutes = Math.max(1, Math.ceil((untilMs - nowMs) / 60_000));
      return {
        action: 'defer',
        detail: `${address} named too many recipients that do not exist`,
        reply: smtpReply(
          450,
          '4.7.1',
          `Too many recipients that do not exist came from your address; please try again in ${minutes} min`,
        ),
      };
    },
  };
}
