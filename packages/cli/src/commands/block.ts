// Whom this cluster refuses: what somebody wrote down, and who is blocked for some minutes for guessing addresses.
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { operatorListCommand } from './operator-list.ts';

export function blockCommand(cli: Cli): Command {
  return operatorListCommand(cli, {
    list: 'block',
    description: 'whom we refuse: addresses, networks, domains, senders',
    nobody: 'Nobody is blocked.',
  });
}
