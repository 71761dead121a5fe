// The name servers of this machine, as resolv.conf(5) says them. Search lists and options are not for mail servers.
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import type { Server } from './ask-server.ts';

const path = '/etc/resolv.conf';
const rereadAfterMs = 60_000;
const serversMax = 3;

/** Reads the file again when it has not for a minute: DHCP and VPNs change it under a running process. */
export function createSystemServers(nowMs: () => number, file = path): () => readonly Server[] {
  let servers: readonly Server[] | undefined;
  let readAtMs = 0;
  return () => {
    if (!servers || nowMs() - readAtMs > rereadAfterMs) {
      readAtMs = nowMs();
      servers = readServers(file) ?? servers ?? [{ host: '127.0.0.1', port: 53 }];
    }
    return servers;
  };
}

/** Pure. resolv.conf(5): without a nameserver line it is the one on this machine. */
export function parseResolvConf(text: string): readonly Server[] {
  const found = text
    .split('\n')
    .map((line) => /^\s*nameserver\s+([^\s#;]+)/.exec(line)?.[1] ?? '')
    .filter((host) => isIP(host) !== 0)
    .slice(0, serversMax);
  return (found.length > 0 ? found : ['127.0.0.1']).map((host) => ({ host, port: 53 }));
}

function readServers(file: string): readonly Server[] | undefined {
  try {
    return parseResolvConf(readFileSync(file, 'utf8'));
  } catch {
    return undefined; // No file: what was known before stands, else the local server as resolv.conf(5) says.
  }
}
