// Makes a listening server out of its options; the only way in.
import type { ImapServer, ImapServerOptions } from '../imap-server.ts';
import { ImapListener } from './imap-listener.ts';

export async function createImapServer(options: ImapServerOptions): Promise<ImapServer> {
  const listener = new ImapListener(options);
  const port = await listener.start(options.listen);
  return {
    port,
    get sessions() {
      return listener.connections.size;
    },
    stop: (deadlineMs) => listener.stop(deadlineMs),
  };
}
