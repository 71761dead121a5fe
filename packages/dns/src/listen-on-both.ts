// A server's two transports at one port.
import { once } from 'node:events';
import { createTCPServer, createUDPServer } from 'dns2';
import type { TCPServer, UDPServer } from 'dns2';

export interface BothServers {
  readonly udp: UDPServer;
  readonly tcp: TCPServer;
  readonly port: number;
}

const attemptsMax = 20;

/** Port 0 takes a free one; one that is free for UDP may be taken for TCP, then another one is tried. */
export async function listenOnBoth(host: string, port: number): Promise<BothServers> {
  for (let attempt = 1; ; attempt += 1) {
    const udp = createUDPServer({ type: host.includes(':') ? 'udp6' : 'udp4' });
    const tcp = createTCPServer();
    udp.bind(port, host);
    await once(udp, 'listening');
    const bound = udp.address().port;
    try {
      tcp.listen(bound, host);
      await once(tcp, 'listening');
      return { udp, tcp, port: bound };
    } catch (cause) {
      udp.close();
      if (port !== 0 || attempt === attemptsMax) throw cause;
    }
  }
}
