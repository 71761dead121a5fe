// The whole demo cluster, from nothing to ready and back to nothing. What `npm start` runs (design §4.7).
//
// Promises
// - Everything is under one directory and on loopback. A second start finds state, ports and passwords as they were.
// - endpoints.json is there only while everything it names was ready once.
// - A node or Redis that is killed stays dead until somebody starts it: that is what drills are for.
// - At the end everything that runs on this directory is stopped, also what was started by hand meanwhile.
import { mkdir, stat, unlink } from 'node:fs/promises';
import { flushCompileCache } from 'node:module';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClusterTopology } from '@restante/config';
import { startZoneServer } from '@restante/dns';
import { systemClock, writeFileDurably } from '@restante/runtime';
import type { ClusterConfig } from '@restante/site';
import type { Cli } from '../cli.ts';
import { reachable } from '../cli.ts';
import { CliError } from '../errors.ts';
import { clusterToml } from './cluster-toml.ts';
import { settleDemoKeys } from './demo-keys.ts';
import { demoZone } from './demo-zone.ts';
import { findEndpoints, removeEndpoints, writeEndpoints } from './endpoints.ts';
import type { Endpoints } from './endpoints.ts';
import { pathsIn, siteFilesIn } from './layout.ts';
import { demoPeople, settlePeople } from './people.ts';
import { choosePorts } from './ports.ts';
import type { PortChoice } from './ports.ts';
import { livePid, startTogether, stopProcess } from './processes.ts';
import { announceQuickstart } from './running.ts';
import { nodeMark, startNode } from './start-node.ts';
import { redisMark, startRedis } from './start-redis.ts';
import { waitUntilReady } from './wait-until-ready.ts';

export interface Quickstart {
  readonly dir: string;
  readonly basePort: number;
  /** Ends it, also while it is still starting. */
  readonly signal: AbortSignal;
  onStep(sentence: string): void;
  onReady(endpoints: Endpoints): void;
}

const watchEveryMs = 500;

export async function runQuickstart(cli: Cli, options: Quickstart): Promise<void> {
  const dir = resolve(options.dir);
  const { signal } = options;
  await mkdir(dir, { recursive: true });
  await using stack = new AsyncDisposableStack();
  stack.use(await claimDirectory(dir));
  await removeEndpoints(dir);

  const choice = await choosePortsAfterLeftovers(dir, options.basePort);
  const cluster = await writeCluster(cli, dir, choice);
  const { topology } = cluster;
  stack.defer(async () => stopEverything(topology));
  stack.defer(async () => removeEndpoints(dir));

  options.onStep('DNS and Redis');
  const zone = demoZone(cluster, await settleDemoKeys(cluster));
  stack.use(await startZoneServer({ host: '127.0.0.1', port: choice.ports.dns, zone }));
  const redises = topology.sites.map((site) => async (either: AbortSignal) => {
    return startRedis({ siteDir: site.dir, port: portOf(site.redis.url), signal: either });
  });
  await startTogether(redises, signal);
  options.onStep('the nodes');
  // This process has compiled what the nodes are about to load.
  flushCompileCache();
  const { config } = pathsIn(dir);
  const nodes = topology.sites.map(
    ({ name, dir: siteDir, listen }) =>
      async (either: AbortSignal) => {
        return startNode({
          site: name,
          config,
          siteDir,
          http: reachable(listen.http),
          signal: either,
        });
      },
  );
  await startTogether(nodes, signal);

  options.onStep('people, and each site knowing those of the other');
  const accounts = await demoPeople(pathsIn(dir).accounts);
  for (const site of topology.sites) {
    await cli.ask(site, async (client) =>
      settlePeople(
        client,
        accounts.filter((account) => account.site === site.name),
      ),
    );
  }
  await waitUntilReady(cli, { sites: topology.sites, accounts, signal });

  const source = { dir, topology, dns: `127.0.0.1:${choice.ports.dns}`, accounts };
  const endpoints = await findEndpoints(source);
  await writeEndpoints(dir, endpoints);
  stack.use(await announceQuickstart({ pid: process.pid, dir }));
  options.onReady(endpoints);
  await keepEndpointsTrue(source, endpoints, signal);
}

/** Two quickstarts on one directory would fight over it. */
async function claimDirectory(dir: string): Promise<AsyncDisposable> {
  const { pid } = pathsIn(dir);
  const other = await livePid(pid, 'quickstart');
  if (other !== undefined)
    throw new CliError(
      'FOUND_A_PROBLEM',
      `A quickstart (pid ${other}) already runs on ${dir}. Stop it, or choose another directory with --dir.`,
    );
  await writeFileDurably(pid, `${process.pid}\n`, { mode: 0o644 });
  return { [Symbol.asyncDispose]: async () => unlink(pid).catch(() => undefined) };
}

/** What a killed quickstart left running would keep our ports. */
async function choosePortsAfterLeftovers(dir: string, basePort: number): Promise<PortChoice> {
  const names = ['shanghai', 'us'].map((site) => siteFilesIn(`${dir}/${site}`));
  await stopAll(names);
  return choosePorts(dir, basePort);
}

async function writeCluster(
  cli: Cli,
  dir: string,
  { ports, isAsBefore }: PortChoice,
): Promise<ClusterConfig> {
  const { config, pki } = pathsIn(dir);
  const isThere = await stat(config).then(
    () => true,
    () => false,
  );
  if (!isThere || !isAsBefore) await writeFileDurably(config, clusterToml(ports), { mode: 0o644 });
  const cluster = await cli.cluster();
  const { initCluster } = await import('@restante/site');
  const { name: clusterName, sites } = cluster.topology;
  await initCluster({ dir: pki, clusterName, sites, clock: systemClock });
  return cluster;
}

async function stopEverything({ sites }: ClusterTopology): Promise<void> {
  await stopAll(sites.map((site) => siteFilesIn(site.dir)));
}

/** Nodes first: they put work back while their Redis still answers. */
async function stopAll(sites: readonly ReturnType<typeof siteFilesIn>[]): Promise<void> {
  const stopBy = async (pidFile: string, mark: string, graceMs: number) => {
    const pid = await livePid(pidFile, mark);
    if (pid !== undefined) await stopProcess(pid, mark, { graceMs });
  };
  await Promise.all(sites.map(async (site) => stopBy(site.pid, nodeMark, 30_000)));
  await Promise.all(sites.map(async (site) => stopBy(site.redisPid, redisMark, 5_000)));
}

/** Until the end: a node that was started again by hand has a new pid. */
async function keepEndpointsTrue(
  source: Parameters<typeof findEndpoints>[0],
  first: Endpoints,
  signal: AbortSignal,
): Promise<void> {
  let written = JSON.stringify(first);
  while (!signal.aborted) {
    await sleep(watchEveryMs, undefined, { signal }).catch(() => undefined); // Aborted: the loop ends.
    if (signal.aborted) return;
    const now = await findEndpoints(source);
    // While a node is away the last pids stand: a reader of the file may be about to start it again.
    const isWhole = Object.values(now.sites).every(
      (site) => site.pid !== undefined && site.redisPid !== undefined,
    );
    if (!isWhole || JSON.stringify(now) === written) continue;
    written = JSON.stringify(now);
    await writeEndpoints(source.dir, now);
  }
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}
