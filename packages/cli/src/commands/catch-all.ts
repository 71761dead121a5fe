// Where mail for unknown people of a domain goes; without one they are refused at RCPT, which is what most want.
import { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { homeOfAddress, homeOfDomain } from './home-of.ts';

export function catchAllCommand(cli: Cli): Command {
  return new Command('catch-all')
    .description('where mail for unknown people of a domain goes')
    .argument('<domain>')
    .argument(
      '<address>',
      'an account of this domain\'s home, or "none": unknown people are refused',
    )
    .action(async (domain: string, text: string) => {
      const site = await homeOfDomain(cli, domain);
      const target = text === 'none' ? undefined : (await homeOfAddress(cli, text)).address;
      await cli.ask(site, async (client) => client.accounts.setCatchAll(domain, target));
      cli.screen.json({ domain, target: target ?? null });
      cli.screen.say(
        target === undefined
          ? `Unknown people of ${domain} are refused.`
          : `Mail for unknown people of ${domain} goes to ${target}.`,
      );
    });
}
