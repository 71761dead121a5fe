// Mail brought along, taken away, and brought back. The home of the address does it; the command asks and watches.
import { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { mailboxExportCommand, mailboxImportCommand } from './mailbox-transfer.ts';
import { mailboxUndeleteCommand } from './mailbox-undelete.ts';

export function mailboxCommand(cli: Cli): Command {
  return new Command('mailbox')
    .description('bring mail along, take it away, bring deleted mail back')
    .addCommand(mailboxImportCommand(cli))
    .addCommand(mailboxExportCommand(cli))
    .addCommand(mailboxUndeleteCommand(cli));
}
