// The doors to mailboxes: IMAP, and POP3, each with STARTTLS and with TLS from the first byte, where the cluster file says.
import { tmpdir } from 'node:os';
import { secureContextOf, type CertificateSource } from '@restante/certificates';
import { createImapServer } from '@restante/imap';
import type { EventSink } from '@restante/mail-model';
import type { MailboxStore } from '@restante/mailbox-store';
import { createPop3Server } from '@restante/pop3';
import type { Clock, Logger } from '@restante/runtime';
import type { SiteView } from './cluster-config.ts';
import type { People } from './open-people.ts';
import { splitEndpoint } from './split-endpoint.ts';

export interface MailboxServerParts {
  readonly view: SiteView;
  readonly mailboxes: MailboxStore;
  readonly people: People;
  readonly certificates: CertificateSource;
  readonly onEvent: EventSink;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly stack: AsyncDisposableStack;
}

export type MailboxPorts = Partial<Record<'imap' | 'imaps' | 'pop3' | 'pop3s', number>>;

export async function openMailboxServers(parts: MailboxServerParts): Promise<MailboxPorts> {
  const { view, mailboxes, people, certificates, onEvent, clock, logger, stack } = parts;
  const shared = {
    hostname: view.site.hostname,
    tls: () => ({ secureContext: secureContextOf(certificates) }),
    // A suspended account's sessions end, as a removed one's do.
    mailboxes: async (address: string) =>
      mailboxes.accounts.account(address)?.state === 'active'
        ? mailboxes.mailbox(address)
        : undefined,
    logins: people.logins,
    clock,
    onEvent,
    onFailure: (failure: object) =>
      logger.warn(
        { ...failure },
        'A command on a mailbox failed; the client was asked to try again.',
      ),
    scratchDir: tmpdir(),
  };
  const ports: MailboxPorts = {};
  const open = async (name: keyof MailboxPorts) => {
    const endpoint = view.site.listen[name];
    if (endpoint === undefined) return;
    const door = {
      ...shared,
      name,
      listen: splitEndpoint(endpoint),
      isImplicitTls: name.endsWith('s'),
    };
    const server = name.startsWith('imap')
      ? await createImapServer({ ...door, limits: view.imap })
      : await createPop3Server({ ...door, limits: view.pop3 });
    stack.defer(async () => server.stop(view.relay.stopDeadlineMs));
    ports[name] = server.port;
  };
  for (const name of ['imap', 'imaps', 'pop3', 'pop3s'] as const) await open(name);
  return ports;
}
