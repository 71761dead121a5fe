// The screen an operator looks at first: is every site accepting, who is away since when, what waits and how long it will take.
// Exit code 1 when something needs a person's eye: a site away, not accepting, degraded, or something corrupt.
import type { PeerStatus, RouteStatus, SiteStatus } from '@restante/site-api';
import { Command } from 'commander';
import type { Cli, SiteAnswer } from '../cli.ts';
import type { Colours } from '../output/colours.ts';
import { printableLine } from '../output/printable.ts';
import { countOf, duration, moment, size } from '../output/words.ts';

export function statusCommand(cli: Cli): Command {
  return new Command('status')
    .description('every site at a glance')
    .action(async () => showStatus(cli));
}

async function showStatus(cli: Cli): Promise<void> {
  const { screen } = cli;
  const answers = await cli.askAll(await cli.sites(), async (client) => client.status());
  screen.json({
    sites: answers.map((answer) =>
      answer.ok ? answer.value : { site: answer.site.name, unreachable: answer.failure.message },
    ),
  });
  for (const [index, answer] of answers.entries()) {
    if (index > 0) screen.say();
    showSite(cli, answer);
    if (needsAnEye(answer)) cli.foundProblem();
  }
}

function showSite(cli: Cli, answer: SiteAnswer<SiteStatus>): void {
  const { say, colours } = cli.screen;
  if (!answer.ok) {
    say(
      `${colours.strong(answer.site.name)}   ${colours.bad(printableLine(answer.failure.message))}`,
    );
    return;
  }
  const status = answer.value;
  const { spool } = status;
  const state = status.isAccepting
    ? colours.good('accepting mail')
    : colours.bad('NOT accepting mail');
  const facts = [
    `running for ${duration(status.nowMs - status.startedAtMs)}`,
    `${countOf(spool.messages, 'message')} in the spool (${size(spool.sizeBytes)})`,
    `${size(spool.diskFreeBytes)} free`,
  ];
  say(`${colours.strong(status.site)}   ${state}   ${colours.quiet(facts.join(' · '))}`);
  const notes = [
    ...(spool.isLoaded
      ? []
      : ['Old segments are still being read; the numbers grow until that is done.']),
    ...(spool.held > 0
      ? [
          `${countOf(spool.held, 'message')} held back: restante queue list --held --site ${status.site}`,
        ]
      : []),
    ...(spool.oldestAcceptedAtMs === undefined
      ? []
      : [
          `The oldest message has been here for ${duration(status.nowMs - spool.oldestAcceptedAtMs)}.`,
        ]),
  ];
  for (const note of notes) say(`  ${note}`);
  showRoutes(cli, status.routes);
  showPeers(cli, status);
  const { counters } = status;
  say(
    colours.quiet(
      `  since start: ${counters.accepted} accepted, ${counters.delivered} delivered, ${counters.deferred} deferred, ${counters.rejected} rejected, ${counters.bounced} bounced, ${counters.duplicates} duplicates`,
    ),
  );
  const warnings = [
    ...status.degraded,
    ...(spool.corrupt > 0
      ? [
          `${countOf(spool.corrupt, 'damaged record')} set aside in corrupt/: restante spool check --site ${status.site}`,
        ]
      : []),
  ];
  for (const sentence of warnings) say(`  ${colours.warning('!')} ${printableLine(sentence)}`);
}

function showRoutes(cli: Cli, routes: readonly RouteStatus[]): void {
  if (routes.length === 0) return;
  const { colours } = cli.screen;
  cli.screen.table({
    indent: 2,
    columns: [
      { title: 'route' },
      { title: 'waiting', align: 'right' },
      { title: 'delayed', align: 'right' },
      { title: 'active', align: 'right' },
      { title: 'rate', align: 'right' },
      { title: 'empty in', align: 'right' },
      { title: 'state' },
    ],
    rows: routes.map((route) => [
      route.route,
      String(route.waiting),
      String(route.delayed),
      String(route.active),
      route.ratePerSecond === 0 ? '-' : `${route.ratePerSecond.toFixed(1)}/s`,
      route.etaSeconds === undefined ? '-' : duration(route.etaSeconds * 1000),
      route.heldBy.length === 0 ? 'open' : `held by ${route.heldBy.join(' and ')}`,
    ]),
    paint: (cell, { row, column }) =>
      row === 'title'
        ? colours.quiet(cell)
        : column === 6 && cell !== 'open'
          ? colours.warning(cell)
          : cell,
  });
}

function showPeers(cli: Cli, { peers, nowMs }: SiteStatus): void {
  if (peers.length === 0) return;
  const { colours } = cli.screen;
  cli.screen.table({
    indent: 2,
    columns: [
      { title: 'peer' },
      { title: 'state' },
      { title: 'since' },
      { title: 'its recipients' },
      { title: '' },
    ],
    rows: peers.map((peer) => [
      peer.site,
      peer.state,
      moment(peer.sinceMs, nowMs),
      mirrorOf(peer),
      peer.state === 'up' ? '' : (peer.lastProblem ?? ''),
    ]),
    paint: (cell, { row, column }) =>
      row === 'title' ? colours.quiet(cell) : column === 1 ? stateColour(colours, cell) : cell,
  });
}

function mirrorOf({ mirrorRecipients, mirrorAgeSeconds }: PeerStatus): string {
  if (mirrorRecipients === undefined) return 'no list yet';
  return `${mirrorRecipients} known, ${duration((mirrorAgeSeconds ?? 0) * 1000)} old`;
}

function stateColour(colours: Colours, cell: string): string {
  const state = cell.trim();
  if (state === 'up') return colours.good(cell);
  return state === 'down' ? colours.bad(cell) : colours.warning(cell);
}

function needsAnEye(answer: SiteAnswer<SiteStatus>): boolean {
  return (
    !answer.ok ||
    !answer.value.isAccepting ||
    answer.value.degraded.length > 0 ||
    answer.value.spool.corrupt > 0
  );
}
