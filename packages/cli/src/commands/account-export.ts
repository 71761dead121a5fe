// People as CSV, which "account import" reads again. Hashes only when asked for: whoever has them can guess in peace.
import { Command } from 'commander';
import type { AccountRow } from '@restante/site-api';
import type { Cli } from '../cli.ts';
import { csvField } from './account-csv.ts';
import { listAtHomes } from './list-at-homes.ts';

interface ExportOptions {
  readonly withHashes?: boolean;
}

export function exportCommand(cli: Cli): Command {
  return new Command('export')
    .description('everybody, or everybody of a domain, as CSV')
    .argument('[domain]')
    .option('--with-hashes', 'with what is kept of the passwords; keep the file private')
    .action(async (domain: string | undefined, { withHashes = false }: ExportOptions) => {
      const rows = await listAtHomes<AccountRow & { readonly passwordHash?: string }>(
        cli,
        domain,
        async (client) =>
          withHashes ? client.accounts.exportWithHashes(domain) : client.accounts.list(domain),
      );
      cli.screen.json(rows);
      if (cli.screen.isJson) return;
      const columns = ['address', 'state', 'quota', 'messages', 'home', 'used', 'last_login'];
      cli.screen.raw(`${[...columns, ...(withHashes ? ['hash'] : [])].join(',')}\n`);
      for (const row of rows) {
        const lastLogin =
          row.lastLoginAtMs === undefined ? '' : new Date(row.lastLoginAtMs).toISOString();
        const fields = [row.address, row.state, row.quotaBytes, row.quotaMessages, row.site];
        const all = [
          ...fields,
          row.usageBytes,
          lastLogin,
          ...(withHashes ? [row.passwordHash] : []),
        ];
        cli.screen.raw(`${all.map(csvField).join(',')}\n`);
      }
    });
}
