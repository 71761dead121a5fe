// The report book on a real disk: what it counts, what it forgets, what it refuses to grow by.
import assert from 'node:assert/strict';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { systemClock } from '@restante/runtime';
import { temporaryDirectory } from '../../../test/kit/temporary-directory.ts';
import { AbuseReportsError, createReportBook } from '../src/index.ts';
import type {
  Complaint,
  DmarcAggregate,
  DmarcRow,
  ReportBook,
  ReportsEvent,
} from '../src/index.ts';

const dayMs = 86_400_000;

class HandClock {
  nowMs = Date.UTC(2026, 10, 20, 12);
  readonly monotonicMs = () => this.nowMs;
  readonly sleep = systemClock.sleep;
  readonly now = () => this.nowMs;
}

const onEvent = ({ name, cause }: ReportsEvent) => assert.fail(`${name}: ${String(cause)}`);

async function withBook(
  work: (parts: {
    readonly book: ReportBook;
    readonly clock: HandClock;
    readonly dir: string;
  }) => void,
) {
  await using directory = await temporaryDirectory();
  const clock = new HandClock();
  const dir = join(directory.path, 'reports');
  await using book = createReportBook({
    dir,
    clock,
    isOurs: (domain) => domain.endsWith('our.test'),
    onEvent,
  });
  work({ book, clock, dir });
}

function complaint(more: Partial<Complaint> = {}): Complaint {
  return {
    kind: 'complaint',
    feedbackType: 'abuse',
    originalSender: 'ana@our.test',
    originalRecipients: [],
    incidents: 1,
    ...more,
  };
}

function aggregate(
  id: string,
  rows: readonly Partial<DmarcRow>[],
  more: Partial<DmarcAggregate> = {},
): DmarcAggregate {
  const beginMs = Date.UTC(2026, 10, 19);
  return {
    kind: 'dmarc-aggregate',
    reporter: 'google.example',
    reportId: id,
    domain: 'our.test',
    beginMs,
    endMs: beginMs + dayMs,
    rowsSkipped: 0,
    rows: rows.map((row) => ({
      sourceAddress: '192.0.2.1',
      count: 1,
      disposition: 'none',
      dkim: 'pass',
      spf: 'pass',
      headerFrom: 'our.test',
      ...row,
    })),
    ...more,
  };
}

test('complaints are counted by domain, account and type, and kept over a restart', async () => {
  await withBook(({ book, clock, dir }) => {
    book.note(complaint());
    book.note(complaint({ incidents: 4 }));
    book.note(complaint({ feedbackType: 'fraud' }));
    book.note(complaint({ originalSender: 'x@redacted.invalid', reportedDomain: 'our.test' }));
    book.note(complaint({ originalSender: 'x@redacted.invalid' }), { account: 'Bo@our.test' });
    assert.equal(book.note(complaint({ originalSender: 'x@other.test' })).kind, 'ignored');
    const lastDay = '2026-11-20';
    const wanted = [
      { domain: 'our.test', account: 'ana@our.test', feedbackType: 'abuse', incidents: 5, lastDay },
      { domain: 'our.test', account: '', feedbackType: 'abuse', incidents: 1, lastDay },
      { domain: 'our.test', account: 'ana@our.test', feedbackType: 'fraud', incidents: 1, lastDay },
      { domain: 'our.test', account: 'bo@our.test', feedbackType: 'abuse', incidents: 1, lastDay },
    ];
    assert.deepEqual(book.complaints(), wanted);
    const again = createReportBook({ dir, clock, isOurs: () => true, onEvent });
    assert.deepEqual(again.complaints(), wanted);
    assert.equal(again.totals().complaints, 8);
    void again[Symbol.asyncDispose]();
    assert.equal(statSync(join(dir, 'reports.sqlite')).mode & 0o077, 0);
  });
});

test('rows of aggregates are added up by domain and source', async () => {
  await withBook(({ book }) => {
    const rows: readonly Partial<DmarcRow>[] = [
      { count: 10 },
      { count: 5, spf: 'fail' },
      { count: 3, sourceAddress: '192.0.2.9', dkim: 'fail', spf: 'fail', disposition: 'reject' },
    ];
    assert.equal(book.note(aggregate('1', rows)).kind, 'counted');
    assert.equal(book.note(aggregate('2', [{ disposition: 'quarantine' }])).kind, 'counted');
    book.note(aggregate('3', [{}], { domain: 'second.our.test' }));
    assert.deepEqual(book.dmarc({ domain: 'our.test' }), [
      {
        domain: 'our.test',
        reports: 2,
        messages: 19,
        aligned: 16,
        dkimAligned: 16,
        spfAligned: 11,
        quarantined: 1,
        rejected: 3,
      },
    ]);
    assert.deepEqual(
      book.dmarc().map(({ domain }) => domain),
      ['our.test', 'second.our.test'],
    );
    assert.deepEqual(book.sources({ domain: 'our.test', limit: 1 }), [
      { sourceAddress: '192.0.2.1', messages: 16, aligned: 16, lastDay: '2026-11-19' },
    ]);
    assert.deepEqual(book.totals(), {
      complaints: 0,
      dmarcReports: 3,
      dmarcMessages: 20,
      dmarcUnaligned: 3,
    });
  });
});

test('the same report counts once (RFC 9990 §3.5.4)', async () => {
  await withBook(({ book }) => {
    assert.equal(book.note(aggregate('1', [{}])).kind, 'counted');
    assert.equal(book.note(aggregate('1', [{}])).kind, 'known');
    assert.equal(book.note(aggregate('1', [{}], { reporter: 'yahoo.example' })).kind, 'counted');
    assert.equal(book.totals().dmarcMessages, 2);
  });
});

test('reports about others, or about no time of ours, are not counted', async () => {
  await withBook(({ book, clock }) => {
    const wrong: readonly Partial<DmarcAggregate>[] = [
      { domain: 'other.test' },
      { beginMs: clock.nowMs - 91 * dayMs },
      { beginMs: clock.nowMs + 2 * dayMs },
      { beginMs: 0 },
    ];
    for (const more of wrong) assert.equal(book.note(aggregate('1', [{}], more)).kind, 'ignored');
    assert.equal(book.totals().dmarcReports, 0);
  });
});

test('what is older than ninety days is forgotten', async () => {
  await withBook(({ book, clock }) => {
    book.note(aggregate('1', [{}]));
    book.note(complaint());
    clock.nowMs += 80 * dayMs;
    assert.equal(book.complaints().length, 0);
    assert.equal(book.complaints({ days: 90 }).length, 1);
    clock.nowMs += 20 * dayMs;
    assert.deepEqual([book.complaints({ days: 1000 }), book.totals().dmarcReports], [[], 0]);
    book.note(complaint({ originalSender: 'bo@our.test' }));
    assert.deepEqual(
      book.complaints({ days: 1000 }).map(({ account }) => account),
      ['bo@our.test'],
    );
  });
});

test('forged reports cannot make it grow without end', async () => {
  await withBook(({ book }) => {
    const rows = Array.from({ length: 7000 }, (_, at) => ({
      sourceAddress: `10.0.${at >> 8}.${at & 255}`,
    }));
    book.note(aggregate('1', rows));
    const sources = book.sources({ domain: 'our.test', limit: 10_000 });
    assert.equal(sources.length, 5001);
    assert.deepEqual(sources[0], {
      sourceAddress: '',
      messages: 2000,
      aligned: 2000,
      lastDay: '2026-11-19',
    });
    for (let at = 0; at < 2100; at += 1)
      book.note(complaint({ originalSender: `a${at}@our.test` }));
    const complaints = book.complaints({ limit: 10_000 });
    assert.ok(complaints.length <= 2001);
    assert.equal(
      complaints.reduce((sum, { incidents }) => sum + incidents, 0),
      2100,
    );
  });
});

test('a file of a newer version is refused', async () => {
  await using directory = await temporaryDirectory();
  const dir = directory.path;
  const database = new DatabaseSync(join(dir, 'reports.sqlite'));
  database.exec('PRAGMA user_version = 99');
  database.close();
  assert.throws(
    () => createReportBook({ dir, isOurs: () => true, onEvent }),
    (error) => error instanceof AbuseReportsError && error.code === 'REPORTS_TOO_NEW',
  );
  assert.throws(
    () => createReportBook({ dir: '/dev/null/x', isOurs: () => true, onEvent }),
    (error) => error instanceof AbuseReportsError && error.code === 'REPORTS_UNREADABLE',
  );
});

test('a damaged file is set aside and told of, and counting begins anew', async () => {
  await using directory = await temporaryDirectory();
  const path = join(directory.path, 'reports.sqlite');
  writeFileSync(path, 'this is not SQLite, however long it may be'.repeat(100));
  const events: string[] = [];
  await using book = createReportBook({
    dir: directory.path,
    isOurs: () => true,
    onEvent: ({ name }) => events.push(name),
  });
  assert.equal(book.note(complaint()).kind, 'counted');
  assert.deepEqual(events, ['reports.set-aside']);
  assert.match(readFileSync(`${path}.damaged`, 'utf8'), /^this is not SQLite/);
});
