// Stops somebody from sending, or from everything. From sending is the usual one: a stolen password is stopped, its owner still
// gets his mail and can be told.
import { Command } from 'commander';
import type { SuspendedAnswer } from '@restante/site-api';
import type { Cli } from '../cli.ts';
import { countOf } from '../output/words.ts';
import { homeOfAddress } from './home-of.ts';

interface SuspendOptions {
  readonly reason?: string;
  readonly all?: boolean;
  readonly confirmedSpammer?: boolean;
}

export function suspendCommand(cli: Cli): Command {
  return new Command('suspend')
    .description('no sending; mail still arrives, and what waits is held')
    .argument('<address>')
    .option('--reason <text>', 'why; "account show" says it')
    .option('--all', 'no logins and no mail for it either; what is there stays')
    .option(
      '--confirmed-spammer',
      'sure: where the abuse came from is blocked at every site as well',
    )
    .action(async (text: string, options: SuspendOptions) => {
      const { address, site } = await homeOfAddress(cli, text);
      const answer = await cli.ask(site, async ({ accounts }) =>
        accounts.suspend(address, {
          scope: options.all === true ? 'all' : 'sending',
          reason: options.reason ?? '',
          isConfirmedSpammer: options.confirmedSpammer === true,
        }),
      );
      cli.screen.json({ changed: address, site: site.name, ...answer });
      say(cli, address, answer);
    });
}

function say(
  cli: Cli,
  address: string,
  { suspension, heldMessages, places }: SuspendedAnswer,
): void {
  cli.screen.say(
    suspension.scope === 'all'
      ? `${address} is suspended from everything: no logins, and mail for it is refused.`
      : `${address} may not send any more; mail for it still arrives.`,
  );
  if (heldMessages > 0)
    cli.screen.say(`${countOf(heldMessages, 'message')} that waited: held until it is resumed.`);
  if (!suspension.isConfirmedSpammer) return;
  cli.screen.say(
    places.length === 0
      ? 'Where the abuse came from is not known here; block it with "restante block".'
      : `Blocked at every site: ${places.map(({ subject }) => subject).join(', ')}`,
  );
}
