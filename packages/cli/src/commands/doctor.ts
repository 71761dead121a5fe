// Looks for what will go wrong: the file, the certificates' age, Redis that may throw jobs away, a disk that fills up, ports
// somebody else has. Reads only. One line a finding; exit code 1 when there is one.
import { X509Certificate } from 'node:crypto';
import { readFile, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { SiteConfig } from '@restante/config';
import { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { duration, size } from '../output/words.ts';
import { lookAtRedis } from './redis-look.ts';

interface Finding {
  readonly what: string;
  readonly level: 'fine' | 'warning' | 'bad';
  readonly sentence: string;
}

const dayMs = 86_400_000;

export function doctorCommand(cli: Cli): Command {
  return new Command('doctor').description('look for what will go wrong').action(async () => {
    const { file, topology } = await cli.cluster();
    const findings: Finding[] = [
      { what: 'cluster file', level: 'fine', sentence: `${file} is right.` },
    ];
    findings.push(await certificate(cli, 'CA', join(topology.pkiDir, 'ca.crt')));
    for (const site of await cli.sites()) {
      const paths = [
        join(topology.pkiDir, `${site.name}.crt`),
        ...(site.tls ? [site.tls.cert] : []),
      ];
      for (const path of paths)
        findings.push(await certificate(cli, `certificate of ${site.name}`, path));
      findings.push(await disk(site), await redis(site), await node(cli, site));
    }
    show(cli, findings);
  });
}

function show(cli: Cli, findings: readonly Finding[]): void {
  const { colours } = cli.screen;
  cli.screen.json(findings);
  cli.screen.table({
    columns: [{ title: 'looked at' }, { title: '' }, { title: 'found' }],
    rows: findings.map(({ what, level, sentence }) => [what, level, sentence]),
    paint: (cell, { row, column }) => {
      if (row === 'title' || column !== 1) return cell;
      const level = cell.trim();
      return level === 'fine'
        ? colours.good(cell)
        : level === 'bad'
          ? colours.bad(cell)
          : colours.warning(cell);
    },
  });
  if (findings.some(({ level }) => level !== 'fine')) cli.foundProblem();
}

async function certificate(cli: Cli, what: string, path: string): Promise<Finding> {
  try {
    const leftMs =
      new X509Certificate(await readFile(path)).validToDate.getTime() - cli.surroundings.now();
    if (leftMs < 0)
      return { what, level: 'bad', sentence: `${path} ended ${duration(-leftMs)} ago.` };
    if (leftMs < 30 * dayMs)
      return { what, level: 'warning', sentence: `${path} ends in ${duration(leftMs)}.` };
    return { what, level: 'fine', sentence: `Valid for ${duration(leftMs)} more.` };
  } catch (failure) {
    const why = failure instanceof Error ? failure.message : String(failure);
    return {
      what,
      level: 'bad',
      sentence: `${path} cannot be used (${why}). restante cluster init makes it.`,
    };
  }
}

async function disk(site: SiteConfig): Promise<Finding> {
  const what = `disk of ${site.name}`;
  try {
    const { bavail, bsize, blocks } = await statfs(site.dir);
    const free = bavail * bsize;
    const isLow = free < 1024 ** 3 || bavail / blocks < 0.05;
    return {
      what,
      level: isLow ? 'warning' : 'fine',
      sentence: `${size(free)} free at ${site.dir}.`,
    };
  } catch {
    return {
      what,
      level: 'warning',
      sentence: `${site.dir} is not there; the site has not run on this machine yet.`,
    };
  }
}

async function redis(site: SiteConfig): Promise<Finding> {
  const what = `Redis of ${site.name}`;
  const { url, password } = site.redis;
  if (!url.startsWith('redis://'))
    return {
      what,
      level: 'fine',
      sentence: `${url}: not looked at from here; the node checks it when it starts.`,
    };
  const look = await lookAtRedis(url, password);
  if (look.kind === 'silent')
    return {
      what,
      level: 'warning',
      sentence: `${url} does not answer: mail is accepted, nothing is retried.`,
    };
  if (look.kind === 'refused') return { what, level: 'warning', sentence: `${url}: ${look.why}` };
  if (look.policy === 'noeviction') return { what, level: 'fine', sentence: `${url}: noeviction.` };
  return {
    what,
    level: 'bad',
    sentence: `${url} may throw jobs away (${look.policy}). redis-cli -u ${url} config set maxmemory-policy noeviction`,
  };
}

async function node(cli: Cli, site: SiteConfig): Promise<Finding> {
  const what = `node of ${site.name}`;
  try {
    const { ready, why } = await cli.ask(site, async (client) => client.readiness());
    return ready
      ? { what, level: 'fine', sentence: 'Accepting mail.' }
      : { what, level: 'bad', sentence: `Not accepting mail: ${why.join(' ')}` };
  } catch (failure) {
    return {
      what,
      level: 'warning',
      sentence: failure instanceof Error ? failure.message : String(failure),
    };
  }
}
