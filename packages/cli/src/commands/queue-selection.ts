// Which messages a queue command means: by id, or by what they have in common. Nothing named means nothing is touched.
import { isRoute } from '@restante/mail-model';
import type { QueueFilter, QueueSelection } from '@restante/site-api';
import type { Command } from 'commander';
import { CliError } from '../errors.ts';

export interface FilterOptions {
  readonly route?: string;
  readonly domain?: string;
  readonly sender?: string;
  readonly recipient?: string;
  readonly held?: boolean;
  readonly deferred?: boolean;
  readonly all?: boolean;
}

type Filter = Omit<QueueFilter, 'limit' | 'after'>;

export function withFilters(command: Command): Command {
  return command
    .option('--route <route>', 'of this route: local, internet, peer:<site>')
    .option('--domain <domain>', 'for this domain')
    .option('--sender <address>', 'from this address')
    .option('--recipient <address>', 'for this address')
    .option('--held', 'held back')
    .option('--deferred', 'tried, and to be tried again');
}

export function filterFrom(options: FilterOptions): Filter {
  const { route, domain, sender, recipient, held, deferred } = options;
  if (route !== undefined && !isRoute(route)) {
    throw new CliError(
      'WRONG_USE',
      `${JSON.stringify(route)} is not a route; routes are local, internet, peer:<site> and host:<name>.`,
    );
  }
  return {
    ...(route === undefined ? {} : { route }),
    ...(domain === undefined ? {} : { domain: domain.toLowerCase() }),
    ...(sender === undefined ? {} : { sender }),
    ...(recipient === undefined ? {} : { recipient }),
    ...(held === undefined ? {} : { held }),
    ...(deferred === undefined ? {} : { deferred }),
  };
}

export function selectionFrom(ids: readonly string[], options: FilterOptions): QueueSelection {
  const filter = filterFrom(options);
  const hasFilter = Object.keys(filter).length > 0;
  const given = [ids.length > 0, hasFilter, options.all === true].filter(Boolean).length;
  if (given > 1)
    throw new CliError('WRONG_USE', 'Give ids, or filters, or --all; not several of them.');
  if (ids.length > 0) return { ids };
  if (hasFilter || options.all === true) return { filter };
  throw new CliError('WRONG_USE', 'Say which messages: ids, filters such as --domain, or --all.');
}
