// Undoes suspend, whichever kind it was and whoever did it.
import { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { countOf } from '../output/words.ts';
import { homeOfAddress } from './home-of.ts';

export function resumeCommand(cli: Cli): Command {
  return new Command('resume')
    .alias('activate')
    .description('undo suspend; what was held for it goes out')
    .argument('<address>')
    .action(async (text: string) => {
      const { address, site } = await homeOfAddress(cli, text);
      const answer = await cli.ask(site, async ({ accounts }) => accounts.resume(address));
      cli.screen.json({ changed: address, site: site.name, ...answer });
      cli.screen.say(
        answer.wasSuspended ? `${address} may send again.` : `${address} was not suspended.`,
      );
      if (answer.releasedMessages > 0)
        cli.screen.say(`${countOf(answer.releasedMessages, 'message')} that were held go out now.`);
    });
}
