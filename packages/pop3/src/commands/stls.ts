// STLS (RFC 2595 §4). What was sent behind it in clear text is never executed (threat 4), and what was said is forgotten.
import { beforeLogin, type Pop3Command } from './command.ts';

export const stls: Pop3Command = {
  verb: 'STLS',
  allowedIn: beforeLogin,
  run: async (session) => {
    const { wire, server } = session;
    if (wire.isTls || server.tls === undefined) return session.no('There is no TLS to begin');
    if (wire.hasMore) {
      session.no('Something was sent behind STLS; nothing of it is executed');
      return wire.end();
    }
    session.user = undefined;
    session.ok('Begin TLS now');
    await wire.startTls();
  },
};
