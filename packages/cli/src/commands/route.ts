// Holding a whole route back, and letting it go. Without --site: at every site that has this route.
import { isRoute } from '@restante/mail-model';
import type { Route } from '@restante/mail-model';
import { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { CliError } from '../errors.ts';

export function routeCommand(cli: Cli): Command {
  return new Command('route')
    .description('hold or release a whole route')
    .addCommand(
      acting(cli, 'hold', 'nothing goes this way until it is released; mail is still accepted'),
    )
    .addCommand(acting(cli, 'release', 'let it go on'));
}

function acting(cli: Cli, verb: 'hold' | 'release', description: string): Command {
  return new Command(verb)
    .description(description)
    .argument('<route>', 'local, internet, peer:<site> or host:<name>')
    .action(async (text: string) => {
      if (!isRoute(text))
        throw new CliError(
          'WRONG_USE',
          `${JSON.stringify(text)} is not a route; routes are local, internet, peer:<site> and host:<name>.`,
        );
      await act(cli, verb, text);
    });
}

async function act(cli: Cli, verb: 'hold' | 'release', route: Route): Promise<void> {
  const answers = await cli.askAll(await cli.sites(), async (client) => {
    const { routes } = await client.status();
    if (!routes.some((each) => each.route === route)) return false;
    await (verb === 'hold' ? client.routeHold(route) : client.routeRelease(route));
    return true;
  });
  const done = answers
    .filter((answer) => answer.ok && answer.value)
    .map((answer) => answer.site.name);
  for (const answer of answers) {
    if (answer.ok) continue;
    cli.screen.warn(`${answer.site.name}: ${answer.failure.message}`);
    cli.foundProblem();
  }
  if (done.length === 0)
    throw new CliError('FOUND_A_PROBLEM', `No site that answers has a route ${route}.`);
  cli.screen.json({ route, verb, sites: done });
  cli.screen.say(`${route} is ${verb === 'hold' ? 'held' : 'released'} at ${done.join(' and ')}.`);
}
