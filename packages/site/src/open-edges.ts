// The SMTP doors of a site: port 25 and, where configured, a second one for people whose port 25 is blocked; 587 and 465 for
// our own people, who may log in at the others as well.
import { join } from 'node:path';
import type { HomeKeeper } from '@restante/backup-mx';
import type { EventSink, Route } from '@restante/mail-model';
import { tlsFloor, type CertificateSource } from '@restante/certificates';
import { createClientPolicy } from '@restante/policy';
import type { OwnRecipients } from '@restante/primary-node';
import type { RecipientList } from '@restante/recipients';
import { createGate, type RelayParts } from '@restante/relay';
import type { Clock } from '@restante/runtime';
import { createEdge, type EdgeOptions, type EdgeTls } from '@restante/smtp';
import { withPeople } from '@restante/submission';
import type { SiteView } from './cluster-config.ts';
import type { Judging } from './open-judging.ts';
import type { People } from './open-people.ts';
import type { SitePki } from './pki/read-site-pki.ts';
import { splitEndpoint } from './split-endpoint.ts';

export interface EdgeParts {
  readonly view: SiteView;
  readonly pki: SitePki;
  readonly parts: RelayParts;
  readonly listFor: (domain: string) => RecipientList | undefined;
  readonly schedule: (id: string, routes: readonly Route[]) => void;
  readonly people: People | undefined;
  readonly judging: Judging;
  readonly certificates: CertificateSource;
  readonly keepers: readonly HomeKeeper[];
  readonly onEvent: EventSink;
  readonly clock: Clock;
  readonly stack: AsyncDisposableStack;
}

export type EdgePorts = { readonly smtp: number } & Partial<
  Record<'smtpAlt' | 'submission' | 'submissions', number>
>;

export async function openEdges(options: EdgeParts): Promise<EdgePorts> {
  const { view, parts, judging, onEvent, clock, stack } = options;
  const byRoute = new Map(options.keepers.map((keeper) => [keeper.route, keeper]));
  const host = createGate({
    ...parts,
    guard: createClientPolicy({ ...view.policy, harvest: judging.harvest, onEvent, clock }),
    ...(judging.judge === undefined ? {} : { judge: judging.judge }),
    held: {
      dir: join(view.site.dir, 'judging'),
      memoryMaxBytes: view.spool.smallMessageMaxBytes,
    },
    receivedMax: view.policy.receivedMax,
    listFor: options.listFor,
    schedule: options.schedule,
    startDrain: (route) => byRoute.get(route)?.drainNow() ?? 0,
  });
  const { people, certificates } = options;
  // Our own people have programs of today; an old mail server would rather fall back to clear text than find no cipher.
  const tls = (isForPeople: boolean) => ({
    ...edgeTls(options),
    floor: isForPeople ? tlsFloor : { secureOptions: tlsFloor.secureOptions },
  });
  const open = async (name: string, endpoint: string, special: Partial<EdgeOptions>) => {
    const edge = await createEdge({
      name,
      hostname: view.site.hostname,
      listen: splitEndpoint(endpoint),
      tls: tls(special.requiresAuth === true),
      limits: view.limits,
      host,
      clearTextLogins: view.submission.clearTextLogins,
      onEvent,
      clock,
      ...special,
    });
    stack.use(certificates.onChange(() => edge.setTls(tls(special.requiresAuth === true))));
    stack.defer(async () => edge.stop(view.relay.stopDeadlineMs));
    return edge.port;
  };
  const { listen } = view.site;
  const forAll =
    people === undefined ? host : withPeople({ strangers: host, people: people.submission });
  const ports: { smtp: number } & Partial<Record<keyof EdgePorts, number>> = {
    smtp: await open('smtp', listen.smtp, { host: forAll }),
  };
  if (listen.smtpAlt !== undefined)
    ports.smtpAlt = await open('smtpAlt', listen.smtpAlt, { host: forAll });
  if (people === undefined) return ports;
  const forPeople = { host: people.submission, requiresAuth: true };
  if (listen.submission !== undefined)
    ports.submission = await open('submission', listen.submission, forPeople);
  if (listen.submissions !== undefined)
    ports.submissions = await open('submissions', listen.submissions, {
      ...forPeople,
      isTlsFromStart: true,
    });
  return ports;
}

/** Own people from the account book, other homes' people from their mirrors (law 4). */
export function listFinder({
  view,
  own,
  keepers,
}: {
  readonly view: SiteView;
  readonly own: OwnRecipients | undefined;
  readonly keepers: readonly HomeKeeper[];
}): (domain: string) => RecipientList | undefined {
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

function edgeTls({ view, pki, certificates }: EdgeParts): EdgeTls {
  const names = new Set(view.topology.sites.map(({ name }) => name));
  return {
    ...certificates.current(),
    clusterCa: pki.ca,
    peerOf: (commonName) =>
      names.has(commonName) && commonName !== view.site.name ? commonName : undefined,
  };
}
