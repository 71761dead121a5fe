// Reads [cluster], every [[site]] and every [[domain]]. What could be read is there even when something else could not,
// so that the rules between them are checked in the same run.
import type { Schema } from './section.ts';
import type { DomainConfig, SiteConfig } from './cluster.ts';
import type { SecretSource, ValuesOf } from './field.ts';
import { shown } from './field.ts';
import { splitHostPort } from './named-fields.ts';
import { asTable, at, inside, readTable } from './read-table.ts';
import type { Place, Reading } from './read-table.ts';
import {
  clusterFields,
  domainFields,
  listenFields,
  publicFields,
  redisFields,
  siteFields,
  tlsFields,
} from './topology-fields.ts';

export interface SiteFound {
  readonly place: Place;
  /** The name, right or wrong, so that those who refer to it are not blamed. */
  readonly name: string | undefined;
  readonly site?: SiteConfig;
  readonly secret?: SecretSource;
  readonly table: Readonly<Record<string, unknown>>;
}

export interface DomainFound {
  readonly place: Place;
  readonly name: string | undefined;
  readonly domain?: DomainConfig;
}

export interface TopologyFound {
  readonly cluster?: ValuesOf<typeof clusterFields>;
  readonly sites: readonly SiteFound[];
  readonly domains: readonly DomainFound[];
}

export function readTopology(
  file: Readonly<Record<string, unknown>>,
  schema: Schema,
  reading: Reading,
): TopologyFound {
  const cluster = readTable(
    clusterFields,
    file['cluster'],
    { path: ['cluster'], shown: 'cluster' },
    reading,
  );
  return {
    ...(cluster ? { cluster } : {}),
    sites: eachTable('site', file, reading).map(({ place, table }) =>
      readSite(table, place, schema, reading),
    ),
    domains: eachTable('domain', file, reading).map(({ place, table }) =>
      readDomain(table, place, reading),
    ),
  };
}

function readSite(
  table: Readonly<Record<string, unknown>>,
  place: Place,
  schema: Schema,
  reading: Reading,
): SiteFound {
  const tables = ['listen', 'public', 'redis', 'tls', ...Object.keys(schema)];
  const own = readTable(siteFields, table, place, reading, { tables });
  const listen = readTable(listenFields, table['listen'], inside(place, 'listen'), reading);
  const open = readTable(publicFields, table['public'], inside(place, 'public'), reading);
  const redis = readTable(redisFields, table['redis'], inside(place, 'redis'), reading);
  const tls =
    table['tls'] === undefined
      ? undefined
      : readTable(tlsFields, table['tls'], inside(place, 'tls'), reading);

  const found = { place, table, name: nameOf(table) };
  if (!own || !listen || !open || !redis || (table['tls'] !== undefined && !tls)) return found;
  const secret = redis.passwordFile ?? redis.password;
  const site: SiteConfig = {
    ...own,
    listen,
    public: {
      smtp: open.smtp ?? `${own.hostname}:${portOf(listen.smtp)}`,
      api: open.api ?? `${own.hostname}:${portOf(listen.peerApi)}`,
    },
    redis: { url: redis.url },
    ...(tls ? { tls } : {}),
  };
  return { ...found, site, ...(secret ? { secret } : {}) };
}

function readDomain(
  table: Readonly<Record<string, unknown>>,
  place: Place,
  reading: Reading,
): DomainFound {
  const domain = readTable(domainFields, table, place, reading);
  return { place, name: nameOf(table), ...(domain ? { domain } : {}) };
}

interface FoundTable {
  readonly place: Place;
  readonly table: Readonly<Record<string, unknown>>;
}

/** The elements of an array of tables, each with a name a person recognises. */
function eachTable(
  key: string,
  file: Readonly<Record<string, unknown>>,
  reading: Reading,
): readonly FoundTable[] {
  const raw = file[key];
  if (raw === undefined || (Array.isArray(raw) && raw.length === 0)) {
    reading.problems.push({
      key,
      problem: 'is missing',
      remedy: `Write at least one [[${key}]]; the example file shows how.`,
    });
    return [];
  }
  if (!Array.isArray(raw)) {
    reading.problems.push({
      ...at(reading.lines.lineOf([key])),
      key,
      ...(typeof raw === 'object' ? {} : { value: shown(raw) }),
      problem: 'is not a list of tables',
      remedy: `Write [[${key}]] with two brackets: there may be several.`,
    });
    return [];
  }
  return raw.flatMap((element: unknown, index) => {
    const name =
      typeof element === 'object' && element !== null
        ? nameOf(element as Record<string, unknown>)
        : undefined;
    const place = { path: [key, index], shown: `${key}[${name ?? `#${index + 1}`}]` };
    const table = asTable(element, place, reading);
    return table ? [{ place, table }] : [];
  });
}

function nameOf(table: Readonly<Record<string, unknown>>): string | undefined {
  return typeof table['name'] === 'string' ? table['name'] : undefined;
}

function portOf(address: string): number {
  return splitHostPort(address)?.port ?? 0;
}
