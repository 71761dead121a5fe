// The certificate each site shows the world, as somebody who connects sees it: whose names, from whom, until when.
import { once } from 'node:events';
import { connect } from 'node:tls';
import type { SiteConfig } from '@restante/config';
import { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { reachable } from '../cli.ts';

interface Shown {
  readonly site: string;
  readonly at: string;
  readonly names: readonly string[];
  readonly issuer: string;
  readonly expiresAtMs: number;
  readonly daysLeft: number;
  /** The world's authorities, or those of NODE_EXTRA_CA_CERTS, vouch for it. */
  readonly isTrusted: boolean;
  readonly protocol: string;
}

type Look = Shown | { readonly site: string; readonly at: string; readonly problem: string };

const soonDays = 14;
const patienceMs = 10_000;

export function certificateCommand(cli: Cli): Command {
  return new Command('certificate')
    .description('the certificates the sites show the world')
    .addCommand(
      new Command('show')
        .description('connect to each site and say what it shows')
        .action(async () => {
          const sites = await cli.sites();
          const looks = await Promise.all(
            sites.flatMap((site) => tlsDoors(site).map(async (at) => look(site, at))),
          );
          show(cli, looks);
        }),
    );
}

/** Listeners with TLS from the first byte; one is enough, they all show the same. */
function tlsDoors({ listen }: SiteConfig): readonly string[] {
  const door = listen.imaps ?? listen.submissions ?? listen.pop3s ?? listen.webTls;
  return door === undefined ? [] : [reachable(door)];
}

async function look(site: SiteConfig, at: string): Promise<Look> {
  const colon = at.lastIndexOf(':');
  const host = at.slice(0, colon).replace(/^\[(.*)\]$/, '$1');
  const socket = connect({
    host,
    port: Number(at.slice(colon + 1)),
    servername: site.hostname,
    // It is looked at, not believed: whether it would be is told.
    rejectUnauthorized: false,
  });
  try {
    await once(socket, 'secureConnect', { signal: AbortSignal.timeout(patienceMs) });
    const leaf = socket.getPeerX509Certificate();
    if (leaf === undefined) return { site: site.name, at, problem: 'it shows none' };
    const expiresAtMs = leaf.validToDate.getTime();
    return {
      site: site.name,
      at,
      names: (leaf.subjectAltName ?? '')
        .split(', ')
        .map((each) => each.replace(/^(DNS|IP Address):/, '')),
      issuer: leaf.issuer.split('\n').join(', '),
      expiresAtMs,
      daysLeft: Math.floor((expiresAtMs - Date.now()) / 86_400_000),
      isTrusted: socket.authorized,
      protocol: socket.getProtocol() ?? '',
    };
  } catch (cause) {
    return { site: site.name, at, problem: cause instanceof Error ? cause.message : String(cause) };
  } finally {
    socket.destroy();
  }
}

function show(cli: Cli, looks: readonly Look[]): void {
  cli.screen.json(looks);
  cli.screen.table({
    columns: [
      { title: 'site' },
      { title: 'at' },
      { title: 'days left', align: 'right' },
      { title: 'trusted' },
      { title: 'issuer' },
      { title: 'names' },
    ],
    rows: looks.map((each) =>
      'problem' in each
        ? [each.site, each.at, '-', '-', '-', each.problem]
        : [
            each.site,
            each.at,
            String(each.daysLeft),
            each.isTrusted ? 'yes' : 'no',
            each.issuer,
            each.names.join(' '),
          ],
    ),
  });
  if (looks.some((each) => 'problem' in each || each.daysLeft < soonDays)) cli.foundProblem();
}
