// Cluster file and environment become one frozen checked value, or all their problems at once.
//
// Three steps: the text is parsed (TOML), the tables are read against their fields, the rules between them are checked.
// Sections may be overridden per site: a [site.policy] below a [[site]] goes over the cluster's [policy].
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parse, TomlError } from 'smol-toml';
import type { ClusterTopology, SiteConfig } from './cluster.ts';
import { checkTopology } from './cross-checks.ts';
import { deepFreeze } from './deep-freeze.ts';
import { tomlKey } from './field.ts';
import { ConfigError, inFileOrder } from './problem.ts';
import type { Problem } from './problem.ts';
import { readSections, readSiteSections } from './read-sections.ts';
import { at, remedyForUnknown } from './read-table.ts';
import type { EffectiveValue, Reading } from './read-table.ts';
import { readTopology } from './read-topology.ts';
import type { TopologyFound } from './read-topology.ts';
import type { Schema, SectionValues } from './section.ts';
import { fetchSecret } from './secrets.ts';
import type { Environment } from './secrets.ts';
import { findTomlLines } from './toml-lines.ts';

export type SectionsOf<S extends Schema> = { readonly [K in keyof S]: SectionValues<S[K]> };

export interface ClusterFile<S extends Schema> {
  /** Absolute path of the file. */
  readonly file: string;
  readonly topology: ClusterTopology;
  /** As they hold where no site overrides them. */
  readonly sections: SectionsOf<S>;
  /** As they hold at each site. */
  readonly bySite: Readonly<Record<string, SectionsOf<S>>>;
  /** Every setting with its source, in the order of the reference. */
  readonly values: readonly EffectiveValue[];
}

export interface LoadOptions<S extends Schema> {
  readonly schema: S;
  readonly env: Environment;
  /** The site this is for: only its secrets are fetched. Absent: everybody's. Empty: nobody's, for a look at the cluster. */
  readonly site?: string;
  /** Rules that reach over several sections. */
  readonly checks?: readonly FileCheck<S>[];
}

/** A rule over the whole file, run once per site with the sections as they hold there. */
export type FileCheck<S extends Schema> = (here: {
  readonly topology: ClusterTopology;
  readonly site: SiteConfig;
  readonly sections: SectionsOf<S>;
}) => readonly Omit<Problem, 'line'>[];

/** Throws ConfigError with every problem there is. */
export async function loadClusterFile<const S extends Schema>(
  path: string,
  options: LoadOptions<S>,
): Promise<ClusterFile<S>> {
  const file = resolve(path);
  return parseClusterFile(await readText(file), file, options);
}

/** As loadClusterFile, from a text that is already there. */
export async function parseClusterFile<const S extends Schema>(
  source: string,
  file: string,
  options: LoadOptions<S>,
): Promise<ClusterFile<S>> {
  const { schema } = options;
  const tables = parseToml(source, file);
  const reading: Reading = {
    baseDir: dirname(file),
    lines: findTomlLines(source),
    problems: [],
    values: [],
    ownersOf: (key) =>
      Object.entries(schema)
        .filter(([, { fields }]) =>
          Object.entries(fields).some(([name, field]) => tomlKey(name, field) === key),
        )
        .map(([name]) => name),
  };
  refuseUnknownTables(tables, schema, reading);
  const found = readTopology(tables, schema, reading);
  const sections = readSections(tables, schema, reading);
  const bySite = readSiteSections(found, tables, schema, reading);
  checkTopology(found, reading.lines, reading.problems);
  const { site: wanted = '' } = options;
  if (wanted !== '' && !found.sites.some(({ name }) => name === wanted)) {
    reading.problems.push({
      key: 'site',
      value: JSON.stringify(wanted),
      problem: 'is not a site of this file',
      remedy: `The sites are: ${found.sites.flatMap((site) => site.name ?? []).join(', ')}.`,
    });
  }
  const sites = await withSecrets(found, options, reading);

  if (reading.problems.length === 0 && found.cluster && sections && bySite) {
    const topology: ClusterTopology = {
      ...found.cluster,
      sites,
      domains: found.domains.flatMap(({ domain }) => domain ?? []),
    };
    // Both were read section by section from this very schema.
    const result = {
      file,
      topology,
      sections: sections as SectionsOf<S>,
      bySite: bySite as Readonly<Record<string, SectionsOf<S>>>,
      values: reading.values,
    };
    for (const check of options.checks ?? []) {
      for (const site of sites)
        reading.problems.push(
          ...check({ topology, site, sections: result.bySite[site.name] ?? result.sections }),
        );
    }
    if (reading.problems.length === 0) return deepFreeze(result);
  }
  throw new ConfigError('CLUSTER_FILE_WRONG', {
    file,
    problems: inFileOrder(distinct(reading.problems)),
  });
}

async function readText(file: string): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file));
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    const isText = code !== 'ERR_ENCODING_INVALID_ENCODED_DATA';
    const problem = isText
      ? {
          key: 'cluster file',
          problem: `cannot be read (${code})`,
          remedy:
            'Check the path and its permissions; deploy/restante.example.toml is a file to start from.',
        }
      : { key: 'cluster file', problem: 'is not UTF-8 text', remedy: 'Save it as UTF-8.' };
    throw new ConfigError('CLUSTER_FILE_UNREADABLE', { file, problems: [problem] }, { cause });
  }
}

function parseToml(source: string, file: string): Readonly<Record<string, unknown>> {
  try {
    return parse(source);
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    // The parser's own message quotes the lines around; a password could stand there.
    const words = cause.message.split('\n', 1)[0]?.replace(/^Invalid TOML document: /, '') ?? '';
    const problem = {
      line: cause.line,
      key: `column ${cause.column}`,
      problem: `is not TOML: ${words}`,
      remedy:
        'Text needs double quotes, lists need [ ], and every key may stand once in its table.',
    };
    throw new ConfigError('CLUSTER_FILE_WRONG', { file, problems: [problem] }, { cause });
  }
}

function refuseUnknownTables(
  tables: Readonly<Record<string, unknown>>,
  schema: Schema,
  reading: Reading,
): void {
  const known = ['cluster', 'site', 'domain', ...Object.keys(schema)];
  for (const name of Object.keys(tables)) {
    if (known.includes(name)) continue;
    reading.problems.push({
      ...at(reading.lines.lineOf([name])),
      key: name,
      problem: 'is not a table of this file',
      remedy: remedyForUnknown(name, known, reading),
    });
  }
}

async function withSecrets(
  found: TopologyFound,
  { env, site: only }: Pick<LoadOptions<Schema>, 'env' | 'site'>,
  reading: Reading,
): Promise<readonly SiteConfig[]> {
  const sites: SiteConfig[] = [];
  for (const { site, secret, place } of found.sites) {
    if (!site) continue;
    if (!secret || (only !== undefined && only !== site.name)) {
      sites.push(site);
      continue;
    }
    const answer = await fetchSecret(secret, env);
    if (answer.ok) {
      sites.push({ ...site, redis: { ...site.redis, password: answer.secret } });
    } else {
      const key = secret.from === 'file' ? 'password_file' : 'password';
      const line = reading.lines.lineOf([...place.path, 'redis', key]);
      reading.problems.push({
        ...at(line),
        key: `${place.shown}.redis.${key}`,
        problem: answer.problem,
        remedy: answer.remedy,
      });
    }
  }
  return sites;
}

/** A rule that fails at every site for the same reason is told once. */
function distinct(problems: readonly Problem[]): readonly Problem[] {
  const seen = new Set<string>();
  return problems.filter((problem) => {
    const name = JSON.stringify(problem);
    return !seen.has(name) && seen.add(name);
  });
}
