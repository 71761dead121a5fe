// What a delivery learns about a home, told to whoever probes it.
import type { HomeKeeper } from '@restante/backup-mx';
import type { DeferralCause, RestanteEvent } from '@restante/mail-model';

/** A delivery that finds nobody there makes the next probe come at once. */
export function noteUnreachable(event: RestanteEvent, keepers: readonly HomeKeeper[]): void {
  if (event.name !== 'message.deferred' || !unreachable.includes(event.cause)) return;
  keepers.find(({ route }) => route === event.route)?.noteUnreachable();
}

const unreachable: readonly DeferralCause[] = [
  'next-hop-unreachable',
  'connection-lost',
  'name-not-resolved',
  'tls-not-available',
];
