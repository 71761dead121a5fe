// Makes a listening edge out of its options; the only way in.
import type { CreateEdge } from './edge.ts';
import { EdgeServer } from './edge-server.ts';

export const createEdge: CreateEdge = async (options) => {
  const server = new EdgeServer(options);
  const port = await server.start(options.listen);
  return {
    port,
    get sessions() {
      return server.sessions.size;
    },
    setTls: (tls) => server.setTls(tls),
    stop: (deadlineMs) => server.stop(deadlineMs),
  };
};
