// What every command is given: the screen, the cluster file and the sites behind it. Everything is looked up when it is
// first asked for, so that `restante --help` touches nothing.
import type { SiteConfig } from '@restante/config';
import { createOperatorClient, readOperatorToken, SiteApiError } from '@restante/site-api';
import type { OperatorClient } from '@restante/site-api';
import { CliError } from './errors.ts';
import { findClusterFile } from './find-cluster-file.ts';
import type { Screen } from './output/screen.ts';
import { loadCluster } from './site-parts.ts';
import type { Cluster } from './site-parts.ts';
import type { Surroundings } from './surroundings.ts';

export interface GlobalOptions {
  readonly json?: boolean;
  readonly site?: string;
  readonly config?: string;
  readonly dir?: string;
}

/** What one site said, or why it said nothing. */
export type SiteAnswer<T> =
  | { readonly site: SiteConfig; readonly ok: true; readonly value: T }
  | { readonly site: SiteConfig; readonly ok: false; readonly failure: SiteApiError };

export interface Cli {
  readonly screen: Screen;
  readonly surroundings: Surroundings;
  readonly options: GlobalOptions;
  clusterFile(): Promise<string>;
  cluster(): Promise<Cluster>;
  /** The site named with --site, or every site of the file. */
  sites(): Promise<readonly SiteConfig[]>;
  /** The one site that is meant: named, or the only one. */
  oneSite(): Promise<SiteConfig>;
  /** Asks one site; throws what it throws. */
  ask<T>(site: SiteConfig, question: (client: OperatorClient) => Promise<T>): Promise<T>;
  /** Asks several at the same time; a site that does not answer is an answer, too. Throws when nobody answers. */
  askAll<T>(
    sites: readonly SiteConfig[],
    question: (client: OperatorClient, site: SiteConfig) => Promise<T>,
  ): Promise<readonly SiteAnswer<T>[]>;
  /** The command goes on, and ends with exit code 1. */
  foundProblem(): void;
  /** The same, for the cluster file of this directory, whatever was said on the command line. */
  forDirectory(dir: string): Cli;
}

export function createCli(
  surroundings: Surroundings,
  screen: Screen,
  options: () => GlobalOptions,
): Cli & { readonly hasProblem: boolean } {
  let loaded: Promise<Cluster> | undefined;
  let hasProblem = false;
  const clusterFile = async () => findClusterFile(options(), surroundings);

  const cli: Cli = {
    screen,
    surroundings,
    get options() {
      return options();
    },
    clusterFile,
    cluster: async () =>
      (loaded ??= clusterFile().then(async (path) =>
        loadCluster(path, surroundings.environment, options().site),
      )),
    sites: async () => {
      const { topology } = await cli.cluster();
      const { site } = options();
      return site === undefined ? topology.sites : [siteNamed(topology.sites, site)];
    },
    oneSite: async () => {
      const sites = await cli.sites();
      const [only] = sites;
      if (only === undefined || sites.length > 1) {
        throw new CliError(
          'WRONG_USE',
          `Say which site: --site ${sites.map((site) => site.name).join(' or --site ')}.`,
        );
      }
      return only;
    },
    ask: async (site, question) => {
      await using client = await clientOf(site);
      return await question(client);
    },
    askAll: async (sites, question) => {
      const answers = await Promise.all(
        sites.map(async (site) =>
          answerOf(site, async () => cli.ask(site, async (client) => question(client, site))),
        ),
      );
      const failures = answers.flatMap((answer) => (answer.ok ? [] : [answer.failure]));
      if (failures.length === answers.length && failures[0]) throw failures[0];
      return answers;
    },
    foundProblem: () => {
      hasProblem = true;
    },
    forDirectory: (dir) => createCli(surroundings, screen, () => ({ dir })),
  };
  return Object.defineProperty(cli, 'hasProblem', { get: () => hasProblem }) as Cli & {
    readonly hasProblem: boolean;
  };
}

export function siteNamed(sites: readonly SiteConfig[], name: string): SiteConfig {
  const found = sites.find((site) => site.name === name);
  if (!found)
    throw new CliError(
      'WRONG_USE',
      `There is no site ${JSON.stringify(name)}; the sites are ${sites.map((site) => site.name).join(', ')}.`,
    );
  return found;
}

async function clientOf(site: SiteConfig): Promise<OperatorClient> {
  const token = await readOperatorToken(site.dir);
  return createOperatorClient({
    baseUrl: `http://${reachable(site.listen.http)}`,
    token,
    site: site.name,
  });
}

/** A listener on every address is reached on this machine through loopback. */
export function reachable(listen: string): string {
  return listen.replace(/^0\.0\.0\.0:/, '127.0.0.1:').replace(/^\[::\]:/, '[::1]:');
}

async function answerOf<T>(site: SiteConfig, question: () => Promise<T>): Promise<SiteAnswer<T>> {
  try {
    return { site, ok: true, value: await question() };
  } catch (failure) {
    if (failure instanceof SiteApiError) return { site, ok: false, failure };
    throw failure;
  }
}
