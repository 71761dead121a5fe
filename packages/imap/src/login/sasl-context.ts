// What a login on this connection may use.
import type { Credentials, SaslContext } from '@restante/sasl';
import type { Session } from '../session/session.ts';

/** The credentials as seen from this connection. */
export function credentialsOf({ server, wire }: Session): Credentials {
  const { remoteAddress: address, isPrivate } = wire;
  return server.logins.credentialsFor({ protocol: 'imap', address, isPrivate });
}

export function saslContext(session: Session): SaslContext {
  const { tlsExporter } = session.wire;
  const credentials = credentialsOf(session);
  return tlsExporter === undefined ? { credentials } : { credentials, tlsExporter };
}
