// Which ports a quickstart takes: those of its base port, or free ones; the same as last time in a directory that was
// used before.
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { writeFileDurably } from '@restante/runtime';
import { CliError } from '../errors.ts';
import { allPorts, demoSites, pathsIn, portsFrom, portsNeeded, portsOutOf } from './layout.ts';
import type { DemoPorts } from './layout.ts';

export interface PortChoice {
  readonly ports: DemoPorts;
  /** False: the cluster file of this directory was made for other ports and has to be written anew. */
  readonly isAsBefore: boolean;
}

interface Made {
  readonly basePort: number;
  readonly ports: DemoPorts;
}

/** Throws when a port is taken; says which and what to do. */
export async function choosePorts(dir: string, basePort: number): Promise<PortChoice> {
  const before = await readMade(pathsIn(dir).made);
  if (before?.basePort === basePort && (await firstTaken(before.ports)) === undefined) {
    return { ports: before.ports, isAsBefore: true };
  }
  const ports = basePort === 0 ? portsOutOf(await freePorts(portsNeeded)) : portsFrom(basePort);
  const taken = await firstTaken(ports);
  if (taken !== undefined) {
    throw new CliError(
      'FOUND_A_PROBLEM',
      `Port ${taken} is in use by another program. Choose other ports: npm start -- --base-port ${basePort + 1000} (or 0 for any free ones).`,
    );
  }
  await writeFileDurably(
    pathsIn(dir).made,
    `${JSON.stringify({ basePort, ports } satisfies Made, undefined, 2)}\n`,
    { mode: 0o644 },
  );
  return { ports, isAsBefore: false };
}

async function readMade(path: string): Promise<Made | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const made = JSON.parse(text) as Made;
    const isWhole =
      demoSites.every((site) => Object.values(made.ports.sites[site]).length > 0) &&
      typeof made.ports.dns === 'number';
    return isWhole ? made : undefined;
  } catch {
    return undefined; // Not ours, or of another version: chosen anew.
  }
}

async function firstTaken(ports: DemoPorts): Promise<number | undefined> {
  for (const port of allPorts(ports)) {
    const server = await listen(port).catch(() => undefined);
    if (!server) return port;
    await close(server);
  }
  return undefined;
}

// Below what systems give to outgoing connections and to whoever asks for any port (Linux: from 32768 on): seconds pass until our
// nodes listen, and in between nobody is given one of these.
const quietFrom = 10_000;
const quietBelow = 32_000;
const triesMax = 100;

/** All held at the same time, so that they differ. */
async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(Array.from({ length: count }, async () => listenSomewhere()));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map(close));
  return ports;
}

async function listenSomewhere(): Promise<Server> {
  for (let tries = 0; tries < triesMax; tries += 1) {
    const server = await listen(randomInt(quietFrom, quietBelow)).catch(() => undefined);
    if (server !== undefined) return server;
  }
  return listen(0);
}

async function listen(port: number): Promise<Server> {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

async function close(server: Server): Promise<void> {
  server.close();
  await once(server, 'close');
}
