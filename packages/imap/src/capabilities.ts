// What is advertised, and nothing that is not complete.
import { mechanismsFor } from '@restante/sasl';
import { saslContext } from './login/sasl-context.ts';
import type { Session } from './session/session.ts';

/** Before login: how to come in. */
function beforeLogin(session: Session): readonly string[] {
  const { wire, server } = session;
  return [
    'IMAP4rev1',
    'IMAP4rev2',
    'SASL-IR',
    // RFC 7888 §5: small literals only from strangers.
    'LITERAL-',
    'ID',
    'ENABLE',
    ...(server.hasTls && !wire.isTls ? ['STARTTLS'] : []),
    // RFC 3501 §7.2.1: LOGINDISABLED, and no mechanism, until the connection is private.
    ...(wire.isPrivate
      ? mechanismsFor(saslContext(session)).map((name) => `AUTH=${name}`)
      : ['LOGINDISABLED']),
  ];
}

/** After login, session and folders (first half of the package). */
function ofSession({ wire, server }: Session): readonly string[] {
  return [
    'LITERAL+',
    'ID',
    'ENABLE',
    'IDLE',
    'NAMESPACE',
    'UIDPLUS',
    'UNSELECT',
    'CHILDREN',
    'LIST-EXTENDED',
    'LIST-STATUS',
    'SPECIAL-USE',
    'CREATE-SPECIAL-USE',
    'STATUS=SIZE',
    'MOVE',
    'MULTIAPPEND',
    'UTF8=ACCEPT',
    'UNAUTHENTICATE',
    'QUOTA',
    'QUOTA=RES-STORAGE',
    'QUOTA=RES-MESSAGE',
    `APPENDLIMIT=${server.limits.appendMaxBytes}`,
    // RFC 4978 §2: not while it is in use.
    ...(wire.isCompressed ? [] : ['COMPRESS=DEFLATE']),
  ];
}

/** FETCH, STORE, SEARCH, SORT, THREAD and what hangs on them (second half). */
const ofMessages: readonly string[] = [
  'BINARY',
  'CONDSTORE',
  'ESEARCH',
  'ESORT',
  'OBJECTID',
  'PARTIAL',
  'PREVIEW',
  'QRESYNC',
  'SAVEDATE',
  'SEARCHRES',
  'SORT',
  'SORT=DISPLAY',
  'THREAD=ORDEREDSUBJECT',
  'THREAD=REFERENCES',
  'WITHIN',
];

export function capabilities(session: Session): readonly string[] {
  if (session.state === 'not-authenticated') return beforeLogin(session);
  return ['IMAP4rev1', 'IMAP4rev2', ...ofSession(session), ...ofMessages];
}
