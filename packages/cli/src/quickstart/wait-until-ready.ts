// Ready means more than listening: every site accepts mail, sees its peer up, and knows its peer's people, so that the first
// thing anybody tries works, even if it is to stop a home at once.
import { setTimeout as sleep } from 'node:timers/promises';
import type { SiteConfig } from '@restante/config';
import { SiteApiError } from '@restante/site-api';
import type { SiteStatus } from '@restante/site-api';
import type { Cli } from '../cli.ts';
import { CliError } from '../errors.ts';
import type { DemoAccount } from './people.ts';

const readyMaxMs = 90_000;

export interface Waiting {
  readonly sites: readonly SiteConfig[];
  readonly accounts: readonly DemoAccount[];
  readonly signal: AbortSignal;
}

export async function waitUntilReady(
  cli: Cli,
  { sites, accounts, signal }: Waiting,
): Promise<void> {
  const deadline = Date.now() + readyMaxMs;
  for (;;) {
    const missing = (
      await Promise.all(sites.map(async (site) => missingAt(cli, site, accounts)))
    ).flat();
    if (missing.length === 0) return;
    if (Date.now() > deadline)
      throw new CliError(
        'FOUND_A_PROBLEM',
        `Not ready after ${readyMaxMs / 1000} s:\n  ${missing.join('\n  ')}`,
      );
    await sleep(100, undefined, { signal });
  }
}

async function missingAt(
  cli: Cli,
  site: SiteConfig,
  accounts: readonly DemoAccount[],
): Promise<readonly string[]> {
  try {
    return missingFrom(await cli.ask(site, async (client) => client.status()), accounts);
  } catch (failure) {
    if (failure instanceof SiteApiError) return [`${site.name}: ${failure.message}`];
    throw failure;
  }
}

/** What keeps this site from being ready, as sentences. Pure. */
export function missingFrom(
  status: SiteStatus,
  accounts: readonly DemoAccount[],
): readonly string[] {
  const own = status.isAccepting
    ? []
    : [`${status.site} does not accept mail: ${status.degraded.join(' ')}`];
  const peers = status.peers.flatMap(({ site, state, lastProblem, mirrorRecipients }) => {
    const people = accounts.filter((account) => account.site === site).length;
    return [
      ...(state === 'up'
        ? []
        : [
            `${status.site} sees ${site} as ${state}${lastProblem === undefined ? '' : ` (${lastProblem})`}.`,
          ]),
      ...((mirrorRecipients ?? 0) >= people
        ? []
        : [`${status.site} knows ${mirrorRecipients ?? 0} of ${people} people of ${site}.`]),
    ];
  });
  return [...own, ...peers];
}
