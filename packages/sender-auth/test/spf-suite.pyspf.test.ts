// SPF against the test suite that belongs to RFC 7208, where Debian's python3-spf has installed it: with the zones in memory,
// and again with a name server and the real resolver between (sockets on loopback).
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, test } from 'node:test';
import { createResolver, startZoneServer } from '@restante/dns';
import type { Zone } from '@restante/dns';
import { systemClock } from '@restante/runtime';
import { createSpf } from '../src/index.ts';
import type { SpfOptions } from '../src/index.ts';
import { zoneResolver } from './zone-resolver.ts';
import type { Faults } from './zone-resolver.ts';

const suite = '/usr/share/doc/python3-spf/rfc7208-tests.yml.gz';
const python = '/usr/bin/python3';
const reader = `
import gzip, json, sys, yaml
print(json.dumps(list(yaml.safe_load_all(gzip.open(sys.argv[1], 'rt', encoding='utf-8')))))
`;

interface Scenario {
  readonly description: string;
  readonly tests: Readonly<Record<string, SuiteCase>>;
  readonly zonedata: Readonly<Record<string, readonly SuiteRecord[]>>;
}
type SuiteRecord = string | Readonly<Record<string, SuiteValue>>;
type SuiteValue = string | readonly (string | number)[];
interface SuiteCase {
  readonly spec: string | readonly string[];
  readonly helo: string;
  readonly host: string;
  readonly mailfrom: string;
  readonly result: string | readonly string[];
  readonly explanation?: string;
}

const read = existsSync(suite) ? spawnSync(python, ['-c', reader, suite]) : undefined;
const scenarios =
  read?.status === 0 ? (JSON.parse(read.stdout.toString()) as readonly Scenario[]) : [];
const skip = scenarios.length === 0 && `${suite} or python3-yaml is not installed`;

test('the suite of RFC 7208 is complete', { skip }, () => {
  const count = scenarios.reduce((sum, { tests }) => sum + Object.keys(tests).length, 0);
  assert.ok(count >= 200, `only ${count} cases`);
});

/** What our resolver does not ask for, or does not believe: these names are no hosts to it. */
const notAskedFor: readonly string[] = [
  'macro-mania-in-domain', // A name with blanks in it.
  'mx-colon-domain', // An exchanger with a colon and a slash in its name.
  'mx-colon-domain-ip4mapped',
];

for (const { description, tests, zonedata } of scenarios) {
  describe(`RFC 7208 suite: ${description}`, () => {
    const { zone, faults } = zoneOf(zonedata);
    for (const [name, each] of Object.entries(tests)) {
      test(`${name} (RFC 7208 §${[each.spec].flat().join(', §')})`, async () => {
        await judge(each, zoneResolver(zone, faults));
      });
    }

    test('all of them through the real resolver', async () => {
      const failing = Object.keys(zone).filter((name) => faults[`${name} TXT`]);
      await using server = await startZoneServer({ zone, failing });
      await using resolver = createResolver({ servers: [server.address], clock: systemClock });
      for (const [name, each] of Object.entries(tests)) {
        if (!notAskedFor.includes(name)) await judge(each, resolver);
      }
    });
  });
}

async function judge(each: SuiteCase, resolver: SpfOptions['resolver']): Promise<void> {
  const spf = createSpf({
    resolver,
    hostname: 'receiver.test',
    clock: systemClock,
    budgetMs: 20_000,
  });
  const answer = await spf.check({
    clientAddress: each.host,
    helo: each.helo,
    sender: each.mailfrom,
  });
  const said = JSON.stringify({ ...each, answer });
  const wanted = [each.result].flat();
  assert.ok(wanted.includes(answer.result), `${wanted.join(' or ')} wanted: ${said}`);
  if (each.explanation === undefined) return;
  assert.equal(answer.explanation ?? 'DEFAULT', each.explanation, said);
}

/** The suite's data: "SPF" stands for TXT too where there is no TXT; TIMEOUT for all types that are not there. */
function zoneOf(data: Scenario['zonedata']): { readonly zone: Zone; readonly faults: Faults } {
  const zone: Record<string, Record<string, never[]>> = {};
  const faults: Record<string, 'ETIMEOUT'> = {};
  for (const [name, records] of Object.entries(data)) {
    const key = name.toLowerCase();
    const node: Record<string, never[]> = (zone[key] ??= {});
    const pairs = records.flatMap((record) =>
      typeof record === 'string' ? [] : Object.entries(record),
    );
    const hasTxt = pairs.some(([type]) => type === 'TXT');
    for (const [type, value] of pairs) {
      if (value === 'NONE') continue;
      if (type === 'SPF' && hasTxt) continue;
      (node[type === 'SPF' ? 'TXT' : type] ??= []).push(recordOf(type, value) as never);
    }
    if (!records.includes('TIMEOUT')) continue;
    for (const type of ['A', 'AAAA', 'MX', 'PTR', 'TXT'])
      if (!node[type]) faults[`${key} ${type}`] = 'ETIMEOUT';
  }
  return { zone, faults };
}

function recordOf(type: string, value: SuiteValue): unknown {
  if (type === 'MX') return { priority: Number(value[0]), exchange: bare(String(value[1])) };
  if (type === 'TXT' || type === 'SPF') return [value].flat();
  return bare(String(value));
}

function bare(name: string): string {
  return name.replace(/\.$/, '');
}
