// Asks one site whether it would take mail for somebody, and takes the question back before any mail is sent.
import { splitHostPort } from '@restante/config';
import type { SiteConfig } from '@restante/config';
import type { Resolver } from '@restante/dns';
import type { SmtpReply } from '@restante/mail-model';
import { connectSmtp } from '@restante/smtp';

export interface RecipientQuestion {
  readonly site: SiteConfig;
  readonly resolver: Resolver;
  readonly address: string;
}

export async function askForRecipient({
  site,
  resolver,
  address,
}: RecipientQuestion): Promise<SmtpReply> {
  const [host] = await resolver.lookup(site.hostname);
  const connection = await connectSmtp({
    host: site.hostname,
    address: host?.address ?? site.hostname,
    port: splitHostPort(site.listen.smtp)?.port ?? 25,
    protocol: 'smtp',
    helo: 'mail.elsewhere.example',
    tls: { mode: 'opportunistic' },
  });
  try {
    return await connection.tryRecipient(address);
  } finally {
    await connection.close();
  }
}
