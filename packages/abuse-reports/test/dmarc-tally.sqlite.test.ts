// The tally on a real disk: days, bounds, restarts, two processes.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { systemClock } from '@restante/runtime';
import { temporaryDirectory } from '../../../test/kit/temporary-directory.ts';
import { buildDmarcAggregate, createDmarcTally } from '../src/index.ts';
import type { DmarcEvaluation, ReportsEvent } from '../src/index.ts';

const dayMs = 86_400_000;
const noon = Date.UTC(2026, 10, 20, 12);

class HandClock {
  nowMs = noon;
  readonly monotonicMs = () => this.nowMs;
  readonly sleep = systemClock.sleep;
  readonly now = () => this.nowMs;
}

const onEvent = ({ name, cause }: ReportsEvent) => assert.fail(`${name}: ${String(cause)}`);

function evaluation(more: Partial<DmarcEvaluation> = {}): DmarcEvaluation {
  return {
    domain: 'x.test',
    published: { p: 'reject', adkim: 'r', aspf: 'r', isTesting: false, fo: '0' },
    reportTo: ['mailto:a@x.test'],
    sourceAddress: '192.0.2.1',
    headerFrom: 'x.test',
    envelopeFrom: 'x.test',
    disposition: 'none',
    dkimAligned: true,
    spfAligned: false,
    dkim: [{ domain: 'x.test', selector: 's', result: 'pass' }],
    spf: { domain: 'y.test', result: 'pass' },
    ...more,
  };
}

test('equal messages are one row, and a day is due when it is over', async () => {
  await using directory = await temporaryDirectory();
  const clock = new HandClock();
  await using tally = createDmarcTally({ dir: directory.path, clock, onEvent });
  for (let at = 0; at < 5; at += 1) tally.note(evaluation());
  tally.note(evaluation({ sourceAddress: '192.0.2.2', disposition: 'reject' }));
  tally.note(evaluation({ domain: 'nobody-asks.test', reportTo: [] }));
  assert.deepEqual(tally.reportsDue(), []);
  clock.nowMs += dayMs;
  const [due, ...others] = tally.reportsDue();
  assert.deepEqual([due, others], [{ day: '2026-11-20', domain: 'x.test' }, []]);
  const filled = tally.open(due ?? assert.fail()) ?? assert.fail();
  assert.deepEqual(
    filled.rows.map(({ sourceAddress, count }) => [sourceAddress, count]),
    [
      ['192.0.2.1', 5],
      ['192.0.2.2', 1],
    ],
  );
  assert.deepEqual(
    [filled.beginMs, filled.endMs],
    [Date.UTC(2026, 10, 20), Date.UTC(2026, 10, 21) - 1000],
  );
  assert.deepEqual(
    [filled.published.p, filled.reportTo, filled.leftOut],
    ['reject', ['mailto:a@x.test'], 0],
  );
  // It fits the writer as it is.
  const { xml } = await buildDmarcAggregate({
    ...filled,
    organization: 'o',
    email: 'p@our.test',
    submitter: 'our.test',
    to: ['a@x.test'],
    reportId: '1',
    atMs: clock.nowMs,
  });
  assert.match(xml, /<count>5<\/count>/);
  tally.done(due ?? assert.fail());
  assert.deepEqual([tally.reportsDue(), tally.open(due ?? assert.fail())], [[], undefined]);
});

test('what is counted survives the end of the process, and two processes add up', async () => {
  await using directory = await temporaryDirectory();
  const clock = new HandClock();
  for (let run = 0; run < 2; run += 1) {
    await using tally = createDmarcTally({ dir: directory.path, clock, onEvent });
    await using other = createDmarcTally({ dir: directory.path, clock, onEvent });
    tally.note(evaluation());
    other.note(evaluation());
  }
  clock.nowMs += dayMs;
  await using tally = createDmarcTally({ dir: directory.path, clock, onEvent });
  const due = tally.reportsDue()[0] ?? assert.fail();
  assert.deepEqual(
    tally.open(due)?.rows.map(({ count }) => count),
    [4],
  );
});

test('what comes too late for a report that was sent makes no second one', async () => {
  await using directory = await temporaryDirectory();
  const clock = new HandClock();
  await using tally = createDmarcTally({ dir: directory.path, clock, onEvent });
  await using slow = createDmarcTally({ dir: directory.path, clock, onEvent });
  tally.note(evaluation());
  slow.note(evaluation());
  clock.nowMs += dayMs;
  for (const due of tally.reportsDue()) tally.done(due);
  slow.flush();
  assert.deepEqual(tally.reportsDue(), []);
});

test('a policy that changes during the day: the last one is told (RFC 9990 §3.3)', async () => {
  await using directory = await temporaryDirectory();
  const clock = new HandClock();
  await using tally = createDmarcTally({ dir: directory.path, clock, onEvent });
  tally.note(evaluation());
  tally.flush();
  tally.note(evaluation({ published: { ...evaluation().published, p: 'none' } }));
  clock.nowMs += dayMs;
  const due = tally.reportsDue()[0] ?? assert.fail();
  assert.equal(tally.open(due)?.published.p, 'none');
});

test('rows beyond the bound are counted as left out, old days are forgotten', async () => {
  await using directory = await temporaryDirectory();
  const clock = new HandClock();
  await using tally = createDmarcTally({ dir: directory.path, clock, onEvent });
  for (let at = 0; at < 5500; at += 1) tally.note(evaluation({ envelopeFrom: `v${at}.x.test` }));
  clock.nowMs += dayMs;
  const due = tally.reportsDue()[0] ?? assert.fail();
  const filled = tally.open(due) ?? assert.fail();
  assert.deepEqual([filled.rows.length, filled.leftOut], [5000, 500]);
  clock.nowMs += 4 * dayMs;
  assert.deepEqual(tally.reportsDue(), []);
});

test('a file that cannot be written costs counts, never mail', async () => {
  await using directory = await temporaryDirectory();
  const clock = new HandClock();
  const lost: ReportsEvent[] = [];
  await using tally = createDmarcTally({
    dir: directory.path,
    clock,
    onEvent: (event) => lost.push(event),
  });
  const other = new DatabaseSync(join(directory.path, 'reports.sqlite'));
  other.exec('BEGIN EXCLUSIVE');
  tally.note(evaluation());
  clock.nowMs += 6000;
  tally.note(evaluation());
  assert.deepEqual(
    lost.map((event) => event.name === 'reports.tally-lost' && event.messages),
    [2],
  );
  other.exec('ROLLBACK');
  other.close();
  tally.note(evaluation());
  clock.nowMs += dayMs;
  assert.equal(tally.reportsDue().length, 1);
});

test('noting costs microseconds', async () => {
  await using directory = await temporaryDirectory();
  await using tally = createDmarcTally({ dir: directory.path, onEvent });
  const started = performance.now();
  for (let at = 0; at < 20_000; at += 1)
    tally.note(evaluation({ sourceAddress: `192.0.2.${at % 50}`, domain: `d${at % 20}.test` }));
  assert.ok((performance.now() - started) / 20_000 < 1);
});
