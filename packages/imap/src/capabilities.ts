// What is advertised, and nothing that is not complete. Each line names the files that do it.
import type { Session } from './session/session.ts';

/** Before login: how to come in. */
function beforeLogin({ wire, server }: Session): readonly string[] {
  return [
    'IMAP4rev1',
    'SASL-IR',
    // RFC 7888 §5: small literals only from strangers.
    'LITERAL-',
    'ID',
    'ENABLE',
    ...(server.hasTls && !wire.isTls ? ['STARTTLS'] : []),
    // RFC 3501 §7.2.1: LOGINDISABLED until the connection is private.
    ...(wire.isPrivate ? [] : ['LOGINDISABLED']),
  ];
}

/** After login, session and folders (first half of the package). */
const ofSession: readonly string[] = [];

/** FETCH, STORE, SEARCH, SORT, THREAD and what hangs on them (second half). */
const ofMessages: readonly string[] = [];

export function capabilities(session: Session): readonly string[] {
  if (session.state === 'not-authenticated') return beforeLogin(session);
  return ['IMAP4rev1', ...ofSession, ...ofMessages];
}
