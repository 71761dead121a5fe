// This home is back: every other site that keeps mail for our domains hears of it now.
import type { Route } from '@restante/mail-model';
import { announceReturn } from '@restante/primary-node';
import type { Logger } from '@restante/runtime';
import { connectSmtp } from '@restante/smtp';
import type { Homes } from './build-deliverers.ts';
import type { SiteView } from './cluster-config.ts';

const deadlineMs = 10_000;

/** Never rejects; what could not be told is found out by probes. */
export async function tellBackups(
  view: SiteView,
  { targets }: Homes,
  logger: Logger,
): Promise<void> {
  const own = view.topology.domains.filter(({ home }) => home === view.site.name);
  const backups = view.peers.flatMap(({ name }) => {
    const find = targets.get(`peer:${name}` satisfies Route);
    const domains = own
      .filter((domain) => domain.backups.includes(name))
      .map((domain) => domain.name);
    return find === undefined || domains.length === 0
      ? []
      : [{ site: name, domains, targets: find }];
  });
  for (const { site, replies, cause } of await announceReturn({
    backups,
    connect: connectSmtp,
    deadlineMs,
  })) {
    const fields = {
      backup: site,
      replies: replies.map(({ code, text }) => `${code} ${text}`),
      ...(cause === undefined ? {} : { cause }),
    };
    logger.info(
      fields,
      cause === undefined
        ? 'A backup was asked for our mail (ETRN).'
        : 'A backup could not be asked for our mail; it will find us by itself.',
    );
  }
}
