// The domains of the cluster: where each is at home, who keeps its mail meanwhile, and how many people it has.
import type { DomainConfig } from '@restante/config';
import { domainOf } from '@restante/mail-model';
import type { OperatorClient } from '@restante/site-api';
import { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { listAtHomes } from './list-at-homes.ts';

interface DomainCounts {
  readonly domain: string;
  readonly accounts: number;
  readonly aliases: number;
  readonly catchAll?: string;
}

export function domainListCommand(cli: Cli): Command {
  return new Command('list')
    .description('all of them, where they are at home, and how many people they have')
    .action(async () => {
      const { topology } = await cli.cluster();
      const counts = await listAtHomes(cli, undefined, countAt);
      const rows = topology.domains.map((domain) => {
        const found = counts.find(
          (each) => each.domain === domain.name && each.site === domain.home,
        );
        return {
          ...rowOf(domain),
          ...(found && { accounts: found.accounts, aliases: found.aliases }),
          ...(found?.catchAll !== undefined && { catchAll: found.catchAll }),
        };
      });
      cli.screen.json(rows);
      cli.screen.table({
        columns: [
          { title: 'domain' },
          { title: 'home' },
          { title: 'backup' },
          { title: 'accounts', align: 'right' },
          { title: 'aliases', align: 'right' },
          { title: 'catch-all' },
        ],
        rows: rows.map((row) => [
          row.domain,
          row.home ?? 'elsewhere',
          row.backups.join(', ') || '-',
          String(row.accounts ?? '-'),
          String(row.aliases ?? '-'),
          row.catchAll ?? '-',
        ]),
      });
    });
}

interface DomainRow {
  readonly domain: string;
  readonly home?: string;
  readonly backups: readonly string[];
  readonly accounts?: number;
  readonly aliases?: number;
  readonly catchAll?: string;
}

function rowOf({ name, home, backups }: DomainConfig): DomainRow {
  return { domain: name, ...(home !== undefined && { home }), backups };
}

/** Every domain of one home, people or not. */
async function countAt({ accounts }: OperatorClient): Promise<readonly DomainCounts[]> {
  const [people, aliases, catchAlls] = await Promise.all([
    accounts.list(),
    accounts.aliases(),
    accounts.catchAlls(),
  ]);
  const peopleOf = Map.groupBy(people, ({ address }) => domainOf(address));
  const aliasesOf = Map.groupBy(aliases, ({ address }) => domainOf(address));
  const targets = new Map(catchAlls.map(({ domain, target }) => [domain, target]));
  const names = new Set([...peopleOf.keys(), ...aliasesOf.keys(), ...targets.keys()]);
  return [...names].map((domain) => {
    const catchAll = targets.get(domain);
    return {
      domain,
      accounts: peopleOf.get(domain)?.length ?? 0,
      aliases: aliasesOf.get(domain)?.length ?? 0,
      ...(catchAll !== undefined && { catchAll }),
    };
  });
}
