import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OutageLog } from '@restante/backup-mx';
import type { Holds } from '@restante/relay';
import { systemClock } from '@restante/runtime';
import { noteAbsences } from './note-absences.ts';

test("operators' holds and a Redis that is away stop the clocks of mail, and let them run again (law 8)", () => {
  // A release was missed in a crash: the log says held, the file of the holds does not.
  const open = new Set(['peer:us', 'operator:internet']);
  const outages = {
    begin: (key: string) => void open.add(key),
    end: (key: string) => void open.delete(key),
    open: () => [...open],
  } as unknown as OutageLog;
  const holds = { routes: new Set(['local']), domains: new Set(['held.test']) } as unknown as Holds;
  const note = noteAbsences({ outages, holds }, systemClock);
  assert.deepEqual([...open].toSorted(), [
    'domain:held.test',
    'operator:local',
    'peer:us',
    'redis',
  ]);

  note({ name: 'timetable.back' });
  note({ name: 'route.released', route: 'local', by: 'operator' });
  note({ name: 'domain.released', domain: 'Held.test' });
  note({ name: 'route.held', route: 'peer:us', by: 'health' });
  assert.deepEqual([...open], ['peer:us'], 'what health holds, the keeper of the home notes');
  note({ name: 'timetable.lost', cause: undefined });
  note({ name: 'domain.held', domain: 'held.test' });
  assert.deepEqual([...open].toSorted(), ['domain:held.test', 'peer:us', 'redis']);
});
