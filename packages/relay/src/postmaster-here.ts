// RCPT TO:<postmaster> without a domain means the postmaster of this server (RFC 5321 §4.5.1). The edge gives it our host
// name; mail for a host name has no mailbox, so it goes to the postmaster of a domain of ours.
import { domainOf, localPartOf, type Envelope } from '@restante/mail-model';
import type { RecipientParts } from './judge-recipient.ts';

export interface PostmasterParts extends RecipientParts {
  readonly hostname: string;
}

export function namesPostmaster({ hostname, router }: PostmasterParts, address: string): boolean {
  if (domainOf(address) !== hostname.toLowerCase() || router.isOurs(domainOf(address)))
    return false;
  return localPartOf(address).toLowerCase() === 'postmaster';
}

/** Of the first domain we are home of, else backup of, that has somebody in the office now. */
export function postmasterHere({ router, listFor, hostname }: PostmasterParts): string {
  const candidates = [...router.domainsOf('home'), ...router.domainsOf('backup')].map(
    (domain) => `postmaster@${domain}`,
  );
  const inOffice = candidates.find(
    (address) => listFor(domainOf(address))?.lookup(address).kind === 'known',
  );
  return inOffice ?? candidates[0] ?? `postmaster@${hostname}`;
}

/** The envelope with the bare postmaster named in full, and nobody in it twice. */
export function withPostmaster(parts: PostmasterParts, envelope: Envelope): Envelope {
  if (!envelope.recipients.some(({ address }) => namesPostmaster(parts, address))) return envelope;
  const inFull = postmasterHere(parts);
  const others = envelope.recipients.filter(({ address }) => address !== inFull);
  return {
    ...envelope,
    recipients: others.map((recipient) =>
      namesPostmaster(parts, recipient.address) ? { ...recipient, address: inFull } : recipient,
    ),
  };
}
