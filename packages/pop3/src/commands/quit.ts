// QUIT (RFC 1939 §4, §6): the only way anything is ever deleted.
import { always, type Pop3Command } from './command.ts';

export const quit: Pop3Command = {
  verb: 'QUIT',
  allowedIn: always,
  run: async (session) => {
    const { maildrop, server, account } = session;
    session.state = 'update';
    try {
      const deleted = await maildrop?.update();
      session.ok(deleted === undefined ? 'Goodbye' : `Goodbye; ${deleted} messages deleted`);
    } catch (cause) {
      server.onFailure?.({ command: 'QUIT', account, cause });
      // RFC 1939 §6.
      session.no('Some deleted messages could not be removed; they are still here', 'SYS/TEMP');
    }
    // RFC 1939 §6: the lock goes before the connection, so that the next session finds it free.
    await maildrop?.[Symbol.asyncDispose]();
    session.wire.end();
  },
};
