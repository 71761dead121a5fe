// The SQL of what an account may send: suspensions and limits of its own. Rows in, nouns out.
import type { DatabaseSync } from 'node:sqlite';
import type { Account } from '../account-book.ts';
import type { SendLimitsOfAccount, Suspension } from '../suspension.ts';

export class SendingTables {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  suspensions(): Map<string, Suspension> {
    const rows = this.#database.prepare('SELECT * FROM suspension').all();
    return new Map(
      rows.map((row) => [
        String(row['address']),
        {
          scope: row['scope'] === 'all' ? 'all' : 'sending',
          reason: String(row['reason']),
          sinceMs: Number(row['since_ms']),
          by: row['by'] === 'watch' ? 'watch' : 'operator',
          isConfirmedSpammer: row['is_confirmed_spammer'] === 1,
        },
      ]),
    );
  }

  limits(): Map<string, SendLimitsOfAccount> {
    const rows = this.#database.prepare('SELECT * FROM send_limit').all();
    return new Map(
      rows.map((row) => [
        String(row['address']),
        {
          ...named('recipientsPerHour', row['recipients_per_hour']),
          ...named('recipientsPerDay', row['recipients_per_day']),
        },
      ]),
    );
  }

  /** Both as the account has them now. */
  save({ address, suspension, sendLimits }: Account): void {
    this.delete(address);
    if (suspension !== undefined) {
      const { scope, reason, sinceMs, by, isConfirmedSpammer } = suspension;
      this.#database
        .prepare('INSERT INTO suspension VALUES (?, ?, ?, ?, ?, ?)')
        .run(address, scope, reason, sinceMs, by, isConfirmedSpammer ? 1 : 0);
    }
    if (sendLimits === undefined) return;
    const { recipientsPerHour = null, recipientsPerDay = null } = sendLimits;
    this.#database
      .prepare('INSERT INTO send_limit VALUES (?, ?, ?)')
      .run(address, recipientsPerHour, recipientsPerDay);
  }

  delete(address: string): void {
    this.#database.prepare('DELETE FROM suspension WHERE address = ?').run(address);
    this.#database.prepare('DELETE FROM send_limit WHERE address = ?').run(address);
  }
}

function named<Name extends string>(
  name: Name,
  value: unknown,
): { readonly [Key in Name]?: number } {
  return value === null ? {} : ({ [name]: Number(value) } as { readonly [Key in Name]: number });
}
