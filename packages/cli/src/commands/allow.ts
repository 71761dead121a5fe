// Whom this cluster lets in without judging: what somebody wrote down, and the wishes of people for themselves.
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { operatorListCommand } from './operator-list.ts';

export function allowCommand(cli: Cli): Command {
  return operatorListCommand(cli, {
    list: 'allow',
    description: 'whom we let in: addresses, networks, domains, senders',
    nobody: 'Nobody is let in before others.',
  });
}
