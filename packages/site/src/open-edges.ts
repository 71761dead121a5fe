// The SMTP doors of a site: port 25 and, where configured, a second one for people whose port 25 is blocked.
import { readFile } from 'node:fs/promises';
import type { HomeKeeper } from '@restante/backup-mx';
import type { EventSink } from '@restante/mail-model';
import { createClientPolicy } from '@restante/policy';
import type { OwnRecipients } from '@restante/primary-node';
import type { RecipientList } from '@restante/recipients';
import { createGate, type RelayParts } from '@restante/relay';
import type { Clock } from '@restante/runtime';
import { createEdge, type EdgeTls } from '@restante/smtp';
import type { SiteView } from './cluster-config.ts';
import type { SitePki } from './pki/read-site-pki.ts';
import { splitEndpoint } from './split-endpoint.ts';

export interface EdgeParts {
  readonly view: SiteView;
  readonly pki: SitePki;
  readonly parts: RelayParts;
  readonly own: OwnRecipients | undefined;
  readonly keepers: readonly HomeKeeper[];
  readonly onEvent: EventSink;
  readonly clock: Clock;
  readonly stack: AsyncDisposableStack;
}

export interface EdgePorts {
  readonly smtp: number;
  readonly smtpAlt?: number;
}

export async function openEdges(options: EdgeParts): Promise<EdgePorts> {
  const { view, parts, onEvent, clock, stack } = options;
  const byRoute = new Map(options.keepers.map((keeper) => [keeper.route, keeper]));
  const host = createGate({
    ...parts,
    guard: createClientPolicy({ ...view.policy, onEvent, clock }),
    receivedMax: view.policy.receivedMax,
    listFor: listFinder(options),
    schedule: (id, routes) => {
      for (const route of routes) {
        // During a drain live mail passes ahead of the backlog (design §4.4).
        parts.timetable.add({
          id,
          route,
          delayMs: 0,
          ahead: byRoute.get(route)?.isDraining === true,
        });
      }
    },
    startDrain: (route) => byRoute.get(route)?.drainNow() ?? 0,
  });
  const tls = await edgeTls(options);
  const open = async (name: string, endpoint: string) => {
    const edge = await createEdge({
      name,
      hostname: view.site.hostname,
      listen: splitEndpoint(endpoint),
      tls,
      limits: view.limits,
      host,
      onEvent,
      clock,
    });
    stack.defer(async () => edge.stop(view.relay.stopDeadlineMs));
    return edge.port;
  };
  const smtp = await open('smtp', view.site.listen.smtp);
  return view.site.listen.smtpAlt === undefined
    ? { smtp }
    : { smtp, smtpAlt: await open('smtpAlt', view.site.listen.smtpAlt) };
}

/** Own people from the account book, other homes' people from their mirrors (law 4). */
function listFinder({
  view,
  own,
  keepers,
}: EdgeParts): (domain: string) => RecipientList | undefined {
  const lists = new Map<string, RecipientList>();
  for (const { name, home } of view.topology.domains) {
    const list =
      home === view.site.name
        ? own?.list
        : keepers.find(({ domains }) => domains.includes(name))?.list;
    if (list !== undefined) lists.set(name, list);
  }
  return (domain) => lists.get(domain);
}

async function edgeTls({ view, pki }: EdgeParts): Promise<EdgeTls> {
  const { tls } = view.site;
  const names = new Set(view.topology.sites.map(({ name }) => name));
  return {
    cert: tls === undefined ? pki.cert : await readFile(tls.cert, 'utf8'),
    key: tls === undefined ? pki.key : await readFile(tls.key, 'utf8'),
    clusterCa: pki.ca,
    peerOf: (commonName) =>
      names.has(commonName) && commonName !== view.site.name ? commonName : undefined,
  };
}
