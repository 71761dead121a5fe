// Somebody who lives at a site: where their mail program connects, what they type into it, and mail for them.
import { ImapFlow, type ImapFlowOptions } from 'imapflow';
import type { Cluster } from './cluster.ts';
import { sendLetter } from './dialogue.ts';

export interface Person {
  readonly address: string;
  readonly password: string;
  readonly site: string;
  /** What the site's certificate is for; it lives on loopback, where no DNS of the system finds it. */
  readonly hostName: string;
}

/** The people of a site, in the order of endpoints.json. */
export function personAt(cluster: Cluster, site: string, index = 0): Person {
  const found = cluster.endpoints.accounts.filter((account) => account.site === site)[index];
  if (found === undefined) throw new Error(`Nobody with number ${index} lives at ${site}.`);
  return { ...found, hostName: `mx.${found.address.split('@')[1] ?? ''}` };
}

export function portOf(endpoint: string | undefined): number {
  return Number(endpoint?.split(':')[1] ?? Number.NaN);
}

/** A letter from a stranger, accepted by their home. */
export async function writeTo(
  cluster: Cluster,
  { site, address }: Person,
  subject: string,
  body = 'Hello.',
): Promise<void> {
  const from = 'stranger@elsewhere.test';
  const data = `From: <${from}>\r\nTo: <${address}>\r\nSubject: ${subject}\r\nMessage-ID: <${subject}@elsewhere.test>\r\nDate: Sun, 22 Nov 2026 12:00:00 +0000\r\n\r\n${body}`;
  const { code, text } = await sendLetter(cluster.site(site).smtp, { from, to: [address], data });
  if (code !== 250) throw new Error(`"${subject}" was not accepted: ${text}`);
}

/** Their imapflow, logged in over TLS; the certificate has to be the site's. */
export async function openImap(
  cluster: Cluster,
  person: Person,
  ca: string,
  more: Partial<ImapFlowOptions> = {},
): Promise<ImapFlow> {
  const client = new ImapFlow({
    host: '127.0.0.1',
    port: portOf(cluster.site(person.site).imaps),
    secure: true,
    servername: person.hostName,
    tls: { ca },
    auth: { user: person.address, pass: person.password },
    logger: false,
    ...more,
  });
  await client.connect();
  return client;
}
