// What can be seen from this machine without asking the world: the file, the certificates of the cluster, the disk, Redis that may
// throw jobs away, whether the node accepts mail.
import { X509Certificate } from 'node:crypto';
import { readFile, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { SiteConfig } from '@restante/config';
import type { Cli } from '../cli.ts';
import { duration, size } from '../output/words.ts';
import type { Seen } from './doctor-show.ts';
import { lookAtRedis } from './redis-look.ts';

const dayMs = 86_400_000;
const soonMs = 30 * dayMs;

export async function lookHere(cli: Cli, sites: readonly SiteConfig[]): Promise<readonly Seen[]> {
  const { file, topology } = await cli.cluster();
  const perSite = sites.map(async (site) => {
    const isHere = await stat(site.dir).then(
      () => true,
      () => false, // It runs on another machine, or has not run yet.
    );
    const papers = [
      join(topology.pkiDir, `${site.name}.crt`),
      ...(site.tls ? [site.tls.cert] : []),
    ];
    return Promise.all([
      ...papers.map(async (path) => certificate(cli, { site: site.name, path })),
      disk(site, isHere),
      redis(site, isHere),
      node(cli, site, isHere),
    ]);
  });
  const found = await Promise.all(perSite);
  return [
    seen('cluster file', file).fine('It is right.'),
    await certificate(cli, { site: undefined, path: join(topology.pkiDir, 'ca.crt') }),
    ...found.flat(),
  ];
}

function seen(check: string, subject: string, site?: string) {
  const about = { check, subject, ...(site === undefined ? {} : { site }) };
  return {
    fine: (found: string): Seen => ({ ...about, state: 'fine', found }),
    notFine: (state: Exclude<Seen['state'], 'fine'>, found: string, remedy: string): Seen => ({
      ...about,
      state,
      found,
      remedy,
    }),
  };
}

async function certificate(
  cli: Cli,
  { site, path }: { readonly site: string | undefined; readonly path: string },
): Promise<Seen> {
  const say = seen('cluster certificate', path, site);
  const renewal = 'See the runbook replace-keys.';
  try {
    const leftMs =
      new X509Certificate(await readFile(path)).validToDate.getTime() - cli.surroundings.now();
    if (leftMs < 0) return say.notFine('problem', `It ended ${duration(-leftMs)} ago.`, renewal);
    if (leftMs < soonMs) return say.notFine('problem', `It ends in ${duration(leftMs)}.`, renewal);
    return say.fine(`Valid for ${duration(leftMs)} more.`);
  } catch (failure) {
    const why = failure instanceof Error ? failure.message : String(failure);
    return say.notFine('problem', `It cannot be used: ${why}`, 'restante cluster init makes it.');
  }
}

async function disk(site: SiteConfig, isHere: boolean): Promise<Seen> {
  const say = seen('disk', site.dir, site.name);
  if (!isHere)
    return say.notFine(
      'unknown',
      'It is not there: the site has not run on this machine.',
      `Run restante --site ${site.name} doctor on its machine.`,
    );
  const { bavail, bsize, blocks } = await statfs(site.dir);
  const free = bavail * bsize;
  const isLow = free < 1024 ** 3 || bavail / blocks < 0.05;
  const found = `${size(free)} free.`;
  return isLow
    ? say.notFine('problem', found, 'Make room: below its floor the site takes no new mail.')
    : say.fine(found);
}

async function redis(site: SiteConfig, isHere: boolean): Promise<Seen> {
  const { url, password } = site.redis;
  const say = seen('Redis', url, site.name);
  if (!url.startsWith('redis://'))
    return say.fine('Not looked at from here; the node checks it when it starts.');
  const look = await lookAtRedis(url, password);
  if (look.kind === 'silent')
    return say.notFine(
      isHere ? 'problem' : 'unknown',
      'It does not answer: mail is accepted, nothing is retried.',
      'Start it; the timetable is rebuilt from the spool.',
    );
  if (look.kind === 'refused')
    return say.notFine('problem', look.why, 'See the password in [site.redis].');
  if (look.policy === 'noeviction') return say.fine('noeviction.');
  return say.notFine(
    'problem',
    `It may throw jobs away (${look.policy}).`,
    `redis-cli -u ${url} config set maxmemory-policy noeviction`,
  );
}

async function node(cli: Cli, site: SiteConfig, isHere: boolean): Promise<Seen> {
  const say = seen('node', site.name, site.name);
  const remedy = `See the log of ${site.name}, and restante status.`;
  try {
    const { ready, why } = await cli.ask(site, async (client) => client.readiness());
    return ready
      ? say.fine('Accepting mail.')
      : say.notFine('problem', `Not accepting mail: ${why.join(' ')}`, remedy);
  } catch (failure) {
    const why = failure instanceof Error ? failure.message : String(failure);
    return say.notFine(isHere ? 'problem' : 'unknown', why, remedy);
  }
}
