// Looking at what waits, and acting on it.
import { Command } from 'commander';
import type { Cli } from '../cli.ts';
import {
  queueDeleteCommand,
  queueHoldCommand,
  queueReleaseCommand,
  queueRetryCommand,
} from './queue-act.ts';
import { queueListCommand } from './queue-list.ts';
import { queueShowCommand } from './queue-show.ts';

export function queueCommand(cli: Cli): Command {
  return new Command('queue')
    .description('what waits: look at it, retry, hold, release, delete')
    .addCommand(queueListCommand(cli))
    .addCommand(queueShowCommand(cli))
    .addCommand(queueRetryCommand(cli))
    .addCommand(queueHoldCommand(cli))
    .addCommand(queueReleaseCommand(cli))
    .addCommand(queueDeleteCommand(cli));
}
