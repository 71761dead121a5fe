// Zones of SPF records made by chance, the same for the same seed. They are made so that what pyspf is known to do
// differently (see the cases) does not come up: few names are missing, modifiers stand there once, trouble spares PTR.
import type { ZoneNode } from '@restante/dns';
import { seededRandom } from '../../../../test/kit/seeded-random.ts';
import type { PyspfCase } from '../pyspf.ts';

interface Chance {
  /** True in so many of 100 cases. */
  is(percent: number): boolean;
  below(count: number): number;
  of<T>(choices: readonly [T, ...T[]]): T;
}

const hosts = ['h0.test', 'h1.test', 'h2.test', 'h3.example.test', 'alias.test'] as const;
const domains = ['d0.test', 'd1.test', 'd2.example.test', 'd3.test', 'd4.test', 'd5.test'] as const;
const networks = [
  'ip4:192.0.2.0/24',
  'ip4:192.0.2.1',
  'ip4:198.51.100.0/25',
  'ip4:192.0.2.128/25',
  'ip4:0.0.0.0/1',
  'ip6:2001:db8::/32',
  'ip6:2001:db8::1',
  'ip6:2001:db8:8000::/33',
  'ip6:::/3',
  'IP4:203.0.113.7/31',
] as const;
const places = [
  '%{d}',
  '%{o}',
  '%{l}.h0.test',
  '%{ir}.list.test',
  '%{l1r-}.%{d2}',
  '%{h}',
  'h%{l1r+}.test',
  '%{d1r}.test',
  '%{i}.%{v}.test',
  '%{s2-.}.x.test',
  '%{O}.%{L}.test',
  'a%%b.test',
] as const;
const broken = [
  'moo',
  'a:',
  'ip4:1.2.3',
  'all/8',
  'include',
  'a:x.%{q}.test',
  'exists:a%b.test',
  'ip6:zz::',
] as const;
const clients = [
  '192.0.2.1',
  '192.0.2.200',
  '198.51.100.7',
  '203.0.113.7',
  '2001:db8::1',
  '2001:db8:8000::5',
  '::ffff:192.0.2.1',
] as const;
const senders = ['ana', 'a-b', 'joe+x', 'a.b.c'] as const;

export function madeByChance({
  seed,
  count,
}: {
  readonly seed: number;
  readonly count: number;
}): readonly PyspfCase[] {
  const next = seededRandom(seed);
  const chance: Chance = {
    is: (percent) => next() * 100 < percent,
    below: (limit) => Math.floor(next() * limit),
    of: (choices) => choices[Math.floor(next() * choices.length)] ?? choices[0],
  };
  return Array.from({ length: count }, () => makeCase(chance));
}

function makeCase(chance: Chance): PyspfCase {
  const zone: Record<string, ZoneNode> = {
    'alias.test': { CNAME: [chance.of(['h0.test', 'h1.test'])] },
    'why.test': {
      TXT: [[chance.of(['no %{c} for %{S}', 'go away', 'bad %{z}', '%{d} %{o} %{h}%_%{r}'])]],
    },
    '1.2.0.192.in-addr.arpa': { PTR: ['forged.d1.test', 'client.d0.test', 'h9.test'] },
    '1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa': {
      PTR: ['forged.d1.test', 'client.d0.test'],
    },
    'forged.d1.test': { A: ['192.0.2.99'], AAAA: ['2001:db8::99'] },
    'h9.test': { A: ['192.0.2.1'], AAAA: ['2001:db8::1'] },
    'client.d0.test': { A: ['192.0.2.1'], AAAA: ['2001:db8::1'] },
    '1.2.0.192.list.test': { A: ['127.0.0.2'] },
    'ana.h0.test': { A: ['127.0.0.2'] },
  };
  for (const host of hosts.slice(0, 4)) zone[host] = makeHost(chance);
  for (const domain of domains) {
    const TXT = [[makeRecord(chance)]];
    if (chance.is(2)) TXT.push([makeRecord(chance)]);
    if (chance.is(20)) TXT.unshift(['some other text']);
    zone[domain] = { ...makeHost(chance), ...(chance.is(5) ? {} : { TXT }) };
  }
  const local = chance.of(senders);
  return {
    zone,
    faults: chance.is(25) ? { [chance.of(['h0.test', ...domains])]: 'ETIMEOUT' } : {},
    ip: chance.of(clients),
    from: chance.is(10) ? '' : `${local}@${chance.of(domains)}`,
    helo: chance.of([...domains, 'h1.test', 'single', '[192.0.2.1]']),
  };
}

function makeHost(chance: Chance): ZoneNode {
  const last = chance.of(['1', '7', '200']);
  return {
    A: [`192.0.2.${last}`, ...(chance.is(30) ? ['203.0.113.6'] : [])],
    AAAA: [chance.of(['2001:db8::1', '2001:db8:8000::1', '2001:db8:ffff::1'])],
    MX: [
      { priority: 10, exchange: chance.of(hosts.slice(0, 4) as [string]) },
      ...(chance.is(50) ? [{ priority: 5, exchange: 'h0.test' }] : []),
    ],
  };
}

function makeRecord(chance: Chance): string {
  const terms = Array.from({ length: chance.below(5) }, () => makeTerm(chance));
  if (chance.is(60)) terms.push(`${chance.of(['', '-', '~', '?', '-'])}all`);
  if (chance.is(20)) terms.splice(chance.below(terms.length + 1), 0, `redirect=${target(chance)}`);
  if (chance.is(25)) terms.splice(chance.below(terms.length + 1), 0, 'exp=why.test');
  if (chance.is(10)) terms.push('moo=%{d}');
  if (chance.is(3)) terms.splice(chance.below(terms.length + 1), 0, chance.of(broken));
  return `${chance.of(['v=spf1', 'V=spf1'])} ${terms.join(chance.of([' ', ' ', '  ']))}`;
}

function makeTerm(chance: Chance): string {
  const qualifier = chance.of(['', '', '+', '-', '~', '?']);
  const prefix = chance.is(30) ? chance.of(['/24', '//64', '/25//33', '/0', '/31']) : '';
  switch (chance.below(7)) {
    case 0:
    case 1:
      return qualifier + chance.of(networks);
    case 2:
      return `${qualifier}${chance.of(['a', 'mx', 'A'])}${prefix}`;
    case 3:
      return `${qualifier}${chance.of(['a', 'mx', 'MX'])}:${host(chance)}${prefix}`;
    case 4:
      return `${qualifier}include:${target(chance)}`;
    case 5:
      return `${qualifier}exists:${chance.is(50) ? chance.of(places) : host(chance)}`;
    default:
      return `${qualifier}${chance.is(40) ? 'ptr' : `ptr:${chance.is(30) ? 'h9.test' : host(chance)}`}`;
  }
}

function target(chance: Chance): string {
  return chance.is(15) ? chance.of(places) : chance.of(domains);
}

function host(chance: Chance): string {
  return chance.is(20) ? chance.of(places) : chance.of([...hosts, ...domains]);
}
