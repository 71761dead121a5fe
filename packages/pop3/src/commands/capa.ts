// CAPA (RFC 2449 §5): what this server can do, and may be asked for on this connection.
import { mechanismsFor } from '@restante/sasl';
import type { Session } from '../session/session.ts';
import { always, type Pop3Command } from './command.ts';

export const capa: Pop3Command = {
  verb: 'CAPA',
  allowedIn: always,
  run: (session) => {
    session.ok('This is what there is');
    for (const line of [...loginCapabilities(session), ...capabilities]) session.wire.say(line);
    session.wire.say('.');
  },
};

const capabilities = [
  'TOP',
  'UIDL',
  'RESP-CODES',
  'AUTH-RESP-CODE',
  'PIPELINING',
  'EXPIRE NEVER',
  'LOGIN-DELAY 0',
  'IMPLEMENTATION Restante',
];

function loginCapabilities(session: Session): readonly string[] {
  if (session.state !== 'authorization') return [];
  const { wire, server } = session;
  return [
    ...(session.isPrivate ? ['USER', `SASL ${mechanismsFor(session.saslContext).join(' ')}`] : []),
    ...(server.tls !== undefined && !wire.isTls ? ['STLS'] : []),
  ];
}
