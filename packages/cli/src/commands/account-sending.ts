// What "account show" says about the sending of one account: why it is stopped, since when, what to do; limits of its own; and
// what is unusual at this moment.
import type { AccountRow, SendingExplained } from '@restante/site-api';
import type { Cli } from '../cli.ts';
import { moment } from '../output/words.ts';

export function showSending(cli: Cli, row: AccountRow, explained: SendingExplained): void {
  const { address, suspension, sendLimits } = row;
  const nowMs = cli.surroundings.now();
  if (suspension !== undefined) {
    const { scope, by, sinceMs, reason, isConfirmedSpammer } = suspension;
    const what = scope === 'all' ? 'suspended from everything' : 'may not send';
    const who = by === 'watch' ? 'the watch over unusual sending' : 'an operator';
    cli.screen.say(
      `${what} since ${moment(sinceMs, nowMs)}, by ${who}${reason === '' ? '' : `: ${reason}`}`,
    );
    if (isConfirmedSpammer) cli.screen.say('a confirmed spammer: blocked at every site');
    cli.screen.say(
      by === 'watch'
        ? `If it was not its owner: "restante account password ${address}", look at "restante queue list --held", then "restante account resume ${address}". If it was, resume; it is usual from then on.`
        : `"restante account resume ${address}" undoes it.`,
    );
  }
  const { recipientsPerHour, recipientsPerDay } = sendLimits ?? {};
  if (recipientsPerHour !== undefined)
    cli.screen.say(`may send to ${recipientsPerHour} recipients an hour`);
  if (recipientsPerDay !== undefined)
    cli.screen.say(`may send to ${recipientsPerDay} recipients a day`);
  for (const { points, says } of explained.findings)
    cli.screen.say(`unusual (${points} points): ${says}`);
}
