// Everything known of one message that waits: envelope, what the last attempts heard, its header.
import type { QueueDetail } from '@restante/site-api';
import { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { CliError } from '../errors.ts';
import { printable, printableLine } from '../output/printable.ts';
import { moment, size } from '../output/words.ts';

export function queueShowCommand(cli: Cli): Command {
  return new Command('show')
    .description('one message: envelope, attempts, header')
    .argument('<id>', 'as in queue list')
    .action(async (id: string) => {
      const answers = await cli.askAll(await cli.sites(), async (client) => client.queueShow(id));
      const found = answers.flatMap((answer) =>
        answer.ok && answer.value ? [{ site: answer.site.name, detail: answer.value }] : [],
      );
      if (found.length === 0)
        throw new CliError(
          'FOUND_A_PROBLEM',
          `No message ${JSON.stringify(id)} waits. Its story: restante trace ${id}`,
        );
      cli.screen.json(found.map(({ site, detail }) => ({ site, ...detail })));
      for (const { site, detail } of found) showMessage(cli, site, detail);
    });
}

export function showMessage(cli: Cli, site: string, detail: QueueDetail): void {
  const { say, table, colours } = cli.screen;
  const nowMs = cli.surroundings.now();
  const facts: readonly (readonly [string, string])[] = [
    ['site', site],
    [
      'state',
      detail.heldBecause === undefined ? detail.state : `${detail.state}: ${detail.heldBecause}`,
    ],
    ['from', detail.sender === '' ? '<>' : detail.sender],
    [
      'accepted',
      `${moment(detail.acceptedAtMs, nowMs)} (${new Date(detail.acceptedAtMs).toISOString()})`,
    ],
    ['next try', detail.nextAtMs === undefined ? '-' : moment(detail.nextAtMs, nowMs)],
    ['size', size(detail.sizeBytes)],
    ['routes', detail.routes.join(', ')],
    ...Object.entries(detail.origin).map(
      ([key, value]) => [`origin ${key}`, String(value)] as const,
    ),
  ];
  say(colours.strong(detail.id));
  for (const [name, value] of facts) say(`  ${name.padEnd(22)} ${printableLine(value)}`);
  say();
  table({
    indent: 2,
    columns: [
      { title: 'recipient' },
      { title: 'became' },
      { title: 'when' },
      { title: 'tries', align: 'right' },
      { title: 'reply' },
    ],
    rows: detail.recipients.map((recipient) => {
      const outcome = detail.outcomes.find((each) => each.recipient === recipient);
      return outcome
        ? [
            recipient,
            outcome.kind,
            moment(outcome.atMs, nowMs),
            String(outcome.attempts),
            outcome.reply,
          ]
        : [recipient, 'not tried yet'];
    }),
  });
  say();
  for (const line of printable(detail.header.replaceAll('\r\n', '\n')).trimEnd().split('\n'))
    say(`  ${colours.quiet(line)}`);
}
