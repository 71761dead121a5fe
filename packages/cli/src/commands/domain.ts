// The domains: which there are, holding all mail for one back, and letting it go.
import { parseDomain } from '@restante/mail-model';
import { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { CliError } from '../errors.ts';
import { domainDnsCommand } from './domain-dns.ts';
import { domainListCommand } from './domain-list.ts';

export function domainCommand(cli: Cli): Command {
  return new Command('domain')
    .description('the domains; hold or release all mail for one')
    .addCommand(domainListCommand(cli))
    .addCommand(domainDnsCommand(cli))
    .addCommand(
      acting(cli, 'hold', 'nothing for it goes out until it is released; mail is still accepted'),
    )
    .addCommand(acting(cli, 'release', 'let it go on'));
}

function acting(cli: Cli, verb: 'hold' | 'release', description: string): Command {
  return new Command(verb)
    .description(description)
    .argument('<domain>')
    .action(async (text: string) => {
      const domain = parseDomain(text);
      if (!domain.ok) throw new CliError('WRONG_USE', `${JSON.stringify(text)}: ${domain.problem}`);
      const answers = await cli.askAll(await cli.sites(), async (client) =>
        verb === 'hold' ? client.domainHold(domain.value) : client.domainRelease(domain.value),
      );
      const done = answers.filter((answer) => answer.ok).map((answer) => answer.site.name);
      for (const answer of answers) {
        if (answer.ok) continue;
        cli.screen.warn(`${answer.site.name}: ${answer.failure.message}`);
        cli.foundProblem();
      }
      cli.screen.json({ domain: domain.value, verb, sites: done });
      cli.screen.say(
        `${domain.value} is ${verb === 'hold' ? 'held' : 'released'} at ${done.join(' and ')}.`,
      );
    });
}
