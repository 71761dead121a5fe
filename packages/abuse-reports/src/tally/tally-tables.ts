// The tables of the tally: added to in one transaction, read and emptied report by report.
import type { DatabaseSync } from 'node:sqlite';
import { inTransaction } from '@restante/runtime';
import type { DueReport } from './dmarc-tally.ts';

const domainsPerDayMax = 10_000;
const rowsPerReportMax = 5000;

/** What one day of one domain has gathered since it was last written. */
export interface PendingDomain {
  readonly day: string;
  readonly domain: string;
  /** JSON, like the rows. */
  readonly published: string;
  readonly reportTo: string;
  readonly rows: Map<string, number>;
}

export interface StoredReport {
  readonly published: string;
  readonly reportTo: string;
  readonly leftOut: number;
  readonly rows: readonly { readonly row: string; readonly messages: number }[];
}

export interface TallyTables {
  /** Forgets days before `oldestDay` on the way. */
  add(domains: readonly PendingDomain[], oldestDay: string): void;
  due(today: string): readonly DueReport[];
  read(due: DueReport): StoredReport | undefined;
  finish(due: DueReport): void;
}

export function createTallyTables(database: DatabaseSync): TallyTables {
  const sql = (text: string) => database.prepare(text);
  const domainsOfDay = sql('SELECT count(*) AS n FROM tally_domain WHERE day = ?');
  const domainOf = sql('SELECT * FROM tally_domain WHERE day = ? AND domain = ?');
  // RFC 9990 §3.2: of several policies in a day the last one is told.
  const putDomain = sql(
    `INSERT INTO tally_domain VALUES (?, ?, ?, ?, 0, 0, 0)
     ON CONFLICT DO UPDATE SET published = excluded.published, report_to = excluded.report_to`,
  );
  const countDomain = sql(
    'UPDATE tally_domain SET rows = rows + ?, left_out = left_out + ? WHERE day = ? AND domain = ?',
  );
  const addToRow = sql(
    'UPDATE tally_row SET messages = messages + ? WHERE day = ? AND domain = ? AND row = ?',
  );
  const newRow = sql('INSERT INTO tally_row VALUES (?, ?, ?, ?)');
  const rowsOf = sql(
    'SELECT row, messages FROM tally_row WHERE day = ? AND domain = ? ORDER BY messages DESC, row',
  );
  const dueOnes = sql(
    'SELECT day, domain FROM tally_domain WHERE day < ? AND is_done = 0 ORDER BY day, domain',
  );
  // Remembered, so that what another process still had in memory makes no second report.
  const markDone = sql('UPDATE tally_domain SET is_done = 1 WHERE day = ? AND domain = ?');
  const removeRows = sql('DELETE FROM tally_row WHERE day = ? AND domain = ?');
  const forget = ['tally_domain', 'tally_row'].map((table) =>
    sql(`DELETE FROM ${table} WHERE day < ?`),
  );

  const addDomain = ({ day, domain, published, reportTo, rows }: PendingDomain) => {
    const found = domainOf.get(day, domain);
    if (found?.['is_done'] === 1) return;
    if (found === undefined && Number(domainsOfDay.get(day)?.['n']) >= domainsPerDayMax) return;
    putDomain.run(day, domain, published, reportTo);
    const kept = Number(domainOf.get(day, domain)?.['rows']);
    let [added, leftOut] = [0, 0];
    for (const [row, messages] of rows) {
      if (Number(addToRow.run(messages, day, domain, row).changes) > 0) continue;
      if (kept + added >= rowsPerReportMax) leftOut += messages;
      else {
        newRow.run(day, domain, row, messages);
        added += 1;
      }
    }
    countDomain.run(added, leftOut, day, domain);
  };

  return {
    add(domains, oldestDay) {
      inTransaction(database, () => {
        for (const old of forget) old.run(oldestDay);
        for (const domain of domains) addDomain(domain);
      });
    },
    due: (today) =>
      dueOnes.all(today).map((row) => ({ day: String(row['day']), domain: String(row['domain']) })),
    read({ day, domain }) {
      const found = domainOf.get(day, domain);
      if (found === undefined || found['is_done'] === 1) return undefined;
      return {
        published: String(found['published']),
        reportTo: String(found['report_to']),
        leftOut: Number(found['left_out']),
        rows: rowsOf
          .all(day, domain)
          .map((row) => ({ row: String(row['row']), messages: Number(row['messages']) })),
      };
    },
    finish({ day, domain }) {
      inTransaction(database, () => {
        removeRows.run(day, domain);
        markDone.run(day, domain);
      });
    },
  };
}
