// Who may log in over which session, and how (RFC 4954 §4). Pure but for asking sasl what it has.
import { mechanismsFor, type SaslContext } from '@restante/sasl';
import type { EdgeContext } from './dialogue.ts';
import type { SessionFacts } from './session-facts.ts';

// RFC 4954 §4: AUTH, and every line of an exchange, with CRLF.
export const authLineMaxBytes = 12_288;

/** Offered, and nobody on the way can read along. Peers need no password. */
export function mayLogIn(context: EdgeContext, facts: SessionFacts): boolean {
  // RFC 4954 §4: after a login AUTH may still be shown, but there is no use in it.
  if (!context.offersAuth || facts.peer !== undefined || facts.account !== undefined) return false;
  if (facts.tls !== undefined) return true;
  return context.clearTextLogins === 'loopback' && isLoopback(facts.remoteAddress);
}

export function offeredMechanisms(context: EdgeContext, facts: SessionFacts): readonly string[] {
  const sasl = saslContext(context, facts);
  return sasl === undefined ? [] : mechanismsFor(sasl);
}

/** The binding is what SCRAM-SHA-256-PLUS needs, where the connection has it. */
export function saslContext({ host }: EdgeContext, facts: SessionFacts): SaslContext | undefined {
  const credentials = host.credentialsFor?.(facts);
  if (credentials === undefined) return undefined;
  const { tlsExporter } = facts;
  return { credentials, ...(tlsExporter === undefined ? {} : { tlsExporter }) };
}

function isLoopback(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\./.test(address);
}
