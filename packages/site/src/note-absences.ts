// Tells the outage log what keeps mail back besides homes that are away: operators' holds and a Redis that does not answer.
// Neither may age the mail that waits (law 8).
import { domainHold, isHold, operatorHold, redisAway, type OutageLog } from '@restante/backup-mx';
import type { EventSink } from '@restante/mail-model';
import type { Holds } from '@restante/relay';
import type { Clock } from '@restante/runtime';

export interface AbsenceSources {
  readonly outages: OutageLog;
  readonly holds: Holds;
}

export function noteAbsences({ outages, holds }: AbsenceSources, clock: Clock): EventSink {
  // What is held now, the file of the holds says; the log may have missed a change in a crash.
  const held = new Set([
    ...[...holds.routes].map(operatorHold),
    ...[...holds.domains].map(domainHold),
  ]);
  for (const key of outages.open()) if (isHold(key) && !held.has(key)) outages.end(key);
  for (const key of held) outages.begin(key, clock.now());
  // Until Redis has answered, nothing is tried.
  outages.begin(redisAway, clock.now());

  return (event) => {
    switch (event.name) {
      case 'route.held':
        if (event.by === 'operator') outages.begin(operatorHold(event.route), clock.now());
        break;
      case 'route.released':
        if (event.by === 'operator') outages.end(operatorHold(event.route));
        break;
      case 'domain.held':
        outages.begin(domainHold(event.domain.toLowerCase()), clock.now());
        break;
      case 'domain.released':
        outages.end(domainHold(event.domain.toLowerCase()));
        break;
      case 'timetable.lost':
        outages.begin(redisAway, clock.now());
        break;
      case 'timetable.back':
        outages.end(redisAway);
        break;
      default:
    }
  };
}
