// [relay]: how spool and timetable are kept the same, and how a backlog is handed over.
import { count, duration, section } from '@restante/config';

export const relaySection = section(
  'relay',
  {
    reconcileIntervalMs: duration({
      default: '60s',
      min: '1s',
      max: '1h',
      about:
        'Spool and timetable are compared this often; also at start and whenever Redis comes back.',
    }),
    timelineKeepDays: count({
      default: 14,
      min: 1,
      max: 3650,
      about: 'Days that the timelines of messages are kept for "restante trace".',
    }),
    drainStart: count({
      default: 2,
      min: 1,
      max: 256,
      about: 'Deliveries at the same time when a drain begins; more follow as the home keeps up.',
    }),
    drainLatencyMaxMs: duration({
      default: '2s',
      min: '10ms',
      max: '5min',
      about: 'A home that takes longer than this to accept is given less.',
    }),
    stopDeadlineMs: duration({
      default: '20s',
      min: '1s',
      max: '10min',
      about: 'At a stop, running work may take this long to finish.',
    }),
  },
  { about: 'How spool and timetable are kept the same, and how a backlog is handed over.' },
);
