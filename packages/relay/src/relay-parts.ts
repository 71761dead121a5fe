// What the worker side of the relay is made of; built once by the site, handed to every verb.
import type { EventSink, MessageIdMaker, Route } from '@restante/mail-model';
import type { Deliverer } from '@restante/delivery';
import type { RetryQueue, RetrySchedule } from '@restante/retry-queue';
import type { Clock } from '@restante/runtime';
import type { Spool } from '@restante/spool';
import type { Holds } from './holds.ts';
import type { KeptBack } from './kept-back.ts';
import type { Router } from './router.ts';
import type { Timetable } from './timetable.ts';

export interface RelayParts {
  readonly site: string;
  readonly hostname: string;
  readonly spool: Spool;
  readonly queue: RetryQueue;
  readonly timetable: Timetable;
  readonly router: Router;
  readonly holds: Holds;
  readonly keptBack: KeptBack;
  readonly ids: MessageIdMaker;
  readonly schedule: RetrySchedule;
  readonly delivererOf: (route: Route) => Deliverer | undefined;
  /**
   * How long mail could not go there within the span, through no fault of its next hop or sender: the far end is ours and was
   * away, we were, an operator held it. That time does not age the message (law 8).
   */
  readonly awayMs: (
    hop: { readonly route: Route; readonly domain: string },
    sinceMs: number,
    untilMs: number,
  ) => number;
  readonly onEvent: EventSink;
  readonly clock: Clock;
}
