// A pair that is well, and the same pair with one thing broken after the other.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Zone } from '@restante/dns';
import type { DoctorOptions } from '../src/index.ts';
import { settings, startPair, told, troubles } from './doctor-kit.ts';
import type { Pair } from './doctor-kit.ts';
import { shanghai, tlsaOf, us } from './good-zone.ts';

let pair: Pair;
let otherLeaf = '';
before(async () => {
  pair = await startPair();
  otherLeaf = (await pair.chain(30, ['other.example'])).leaf;
});
after(async () => pair[Symbol.asyncDispose]());

test('a pair that is well has nothing but fine findings, of every check', async () => {
  const diagnosis = await pair.diagnose();
  assert.deepEqual(troubles(diagnosis), []);
  const checks = new Set(diagnosis.findings.map(({ check }) => check));
  assert.equal(checks.size, 15, [...checks].join(' '));
});

type Changes = Readonly<Record<string, Zone[string] | undefined>>;
const pointer = `${us.address.split('.').toReversed().join('.')}.in-addr.arpa`;
const mx = (...hosts: readonly (readonly [number, string])[]) => ({
  MX: hosts.map(([priority, exchange]) => ({ priority, exchange })),
});
const spf = (text: string) => ({ ...pair.zone['us.example'], TXT: [[text]] });
const dmarc = (text: string) => ({ '_dmarc.us.example': { TXT: [[text]] } });

// What is broken -> check, subject, state, and words of the finding and of its remedy.
const broken: readonly (readonly [
  string,
  () => Changes,
  readonly [check: string, subject: string, state: string],
  RegExp,
  RegExp,
])[] = [
  [
    'no pointer',
    () => ({ [pointer]: undefined }),
    ['ptr', us.address, 'problem'],
    /no PTR/,
    /whoever rents you 192\.0\.2\.10/,
  ],
  [
    'a pointer that does not lead back',
    () => ({ [pointer]: { PTR: ['host-10.isp.example'] } }),
    ['ptr', us.address, 'problem'],
    /does not lead back/,
    /mx\.us\.example/,
  ],
  [
    'a pointer to another name of ours',
    () => ({ [pointer]: { PTR: ['box.us.example'] }, 'box.us.example': { A: [us.address] } }),
    ['ptr', us.address, 'notice'],
    /we greet as mx\.us\.example/,
    /PTR/,
  ],
  [
    'no host name',
    () => ({ [us.hostname]: undefined }),
    ['helo', us.hostname, 'problem'],
    /does not exist/,
    /A record/,
  ],
  [
    'an address on a list',
    () => ({ '10.2.0.192.bl.example': { A: ['127.0.0.4'], TXT: [['see https://bl.example/x']] } }),
    ['listed', `${us.address} on bl.example`, 'problem'],
    /Listed \(127\.0\.0\.4\): see https/,
    /ask bl\.example to remove/,
  ],
  [
    'the other site on a list',
    () => ({ '10.100.51.198.bl.example': { A: ['127.0.0.2'] } }),
    ['listed', `${shanghai.address} on bl.example`, 'problem'],
    /Listed/,
    /remove/,
  ],
  [
    'a list that is not well',
    () => ({ '2.0.0.127.bl.example': undefined }),
    ['listed', 'bl.example', 'unknown'],
    /test entry/,
    /Until the list is mended/,
  ],
  [
    'no MX',
    () => ({ 'us.example': { TXT: [['v=spf1 -all']] } }),
    ['mx', 'us.example', 'problem'],
    /no MX records/,
    /MX 10 mx\.us\.example/,
  ],
  [
    'no backup among the MX',
    () => ({ 'us.example': { ...pair.zone['us.example'], ...mx([10, us.hostname]) } }),
    ['mx', 'us.example', 'problem'],
    /mx\.shanghai\.example is missing/,
    /restante domain dns us\.example/,
  ],
  [
    'the backup before the home',
    () => ({
      'us.example': {
        ...pair.zone['us.example'],
        ...mx([20, us.hostname], [10, shanghai.hostname]),
      },
    }),
    ['mx', 'us.example', 'problem'],
    /not before its backups/,
    /MX 20 mx\.shanghai/,
  ],
  [
    'a stranger among the MX',
    () => ({
      'us.example': {
        ...pair.zone['us.example'],
        ...mx([10, us.hostname], [20, shanghai.hostname], [30, 'mx.old.example']),
      },
    }),
    ['mx', 'us.example', 'notice'],
    /mx\.old\.example is none of ours/,
    /not judged/,
  ],
  [
    'an MX that is an alias (RFC 2181 §10.3)',
    () => ({
      [shanghai.hostname]: { CNAME: ['box.shanghai.example'] },
      'box.shanghai.example': { A: [shanghai.address] },
    }),
    ['mx', 'us.example', 'problem'],
    /alias/,
    /Replace the CNAME/,
  ],
  [
    'no SPF',
    () => ({ 'us.example': mx([10, us.hostname], [20, shanghai.hostname]) }),
    ['spf', 'us.example from us', 'problem'],
    /no SPF/,
    /a:mx\.us\.example/,
  ],
  [
    'an SPF that forgets the other exit',
    () => ({ 'us.example': spf(`v=spf1 a:${us.hostname} -all`) }),
    ['spf', 'us.example from shanghai', 'problem'],
    /does not cover 198\.51\.100\.10 \(fail\)/,
    /a:mx\.shanghai\.example/,
  ],
  [
    'an SPF that is no record (RFC 7208 §4.6)',
    () => ({ 'us.example': spf('v=spf1 ipv4:1.2.3.4 -all') }),
    ['spf', 'us.example from us', 'problem'],
    /wrong/,
    /TXT record/,
  ],
  [
    'a greeting whose SPF forgets us',
    () => ({ [us.hostname]: { A: [us.address], TXT: [['v=spf1 -all']] } }),
    ['spf', us.hostname, 'problem'],
    /does not cover us \(fail\)/,
    /v=spf1 a -all/,
  ],
  [
    'no DMARC',
    () => ({ '_dmarc.us.example': undefined }),
    ['dmarc', 'us.example', 'problem'],
    /no DMARC/,
    /_dmarc\.us\.example/,
  ],
  [
    'a DMARC without reports',
    () => dmarc('v=DMARC1; p=reject'),
    ['dmarc', 'us.example', 'notice'],
    /no reports/,
    /rua=mailto/,
  ],
  [
    'a DMARC that asks for nothing',
    () => dmarc('v=DMARC1; p=none; rua=mailto:a@us.example'),
    ['dmarc', 'us.example', 'notice'],
    /p=none/,
    /quarantine/,
  ],
  [
    'reports to who does not want them (RFC 9990 §4)',
    () => dmarc('v=DMARC1; p=reject; rua=mailto:a@other.example'),
    ['dmarc', 'us.example', 'problem'],
    /does not say that it wants them/,
    /us\.example\._report\._dmarc\.other\.example/,
  ],
  [
    'a promise nobody hears of',
    () => ({ '_mta-sts.us.example': undefined }),
    ['mta-sts', 'us.example', 'problem'],
    /announced nowhere/,
    /_mta-sts\.us\.example/,
  ],
  [
    'an old number of the promise',
    () => ({ '_mta-sts.us.example': { TXT: [['v=STSv1; id=1']] } }),
    ['mta-sts', 'us.example', 'notice'],
    /earlier promise/,
    /id=/,
  ],
  [
    'a promise that cannot be fetched',
    () => ({ 'mta-sts.us.example': undefined }),
    ['mta-sts', 'us.example', 'problem'],
    /cannot be fetched/,
    /port 443/,
  ],
  [
    'the promise of another domain',
    () => ({ 'mta-sts.us.example': { A: ['127.0.0.9'] } }),
    ['mta-sts', 'us.example', 'problem'],
    /cannot be fetched/,
    /port 443/,
  ],
  [
    'TLSA of another key',
    () => ({
      '_25._tcp.mx.us.example': { TLSA: [{ ...tlsaOf({ leaf: otherLeaf }), certUsage: 3 }] },
    }),
    ['tlsa', '_25._tcp.mx.us.example', 'problem'],
    /do not name the certificate/,
    /3 1 1/,
  ],
  [
    'TLSA that says nothing to mail (RFC 7672 §3.1.3)',
    () => ({
      '_25._tcp.mx.us.example': { TLSA: [{ ...tlsaOf({ leaf: otherLeaf }), certUsage: 1 }] },
    }),
    ['tlsa', '_25._tcp.mx.us.example', 'problem'],
    /None of them means anything/,
    /3 1 1/,
  ],
  [
    'no way out',
    () => ({ 'mx.elsewhere.example': { A: ['127.0.0.77'] } }),
    ['port-25-out', 'elsewhere.example', 'problem'],
    /cannot be reached/,
    /ask the provider/,
  ],
  [
    'a resolver of a closed network',
    () => ({ org: undefined }),
    ['resolver', 'DNS', 'unknown'],
    /closed network/,
    /knows the internet/,
  ],
];

describe('one thing broken is one finding with its remedy', () => {
  for (const [title, changes, [check, subject, state], found, remedy] of broken) {
    test(title, async () => {
      const diagnosis = await pair.diagnose(changes());
      const finding = diagnosis.findings.find(
        (each) => each.check === check && each.subject === subject && each.state !== 'fine',
      );
      assert.ok(finding, troubles(diagnosis).join('\n'));
      assert.equal(finding.state, state, told(finding));
      assert.match(finding.found, found);
      assert.match(finding.remedy ?? '', remedy);
    });
  }

  test('of a domain whose home is a mail host of others only the MX records concern us', async () => {
    const records = mx([10, 'mail.guest.example'], [20, us.hostname]);
    const domains = [{ name: 'guest.example', sites: ['us'], homeHost: 'mail.guest.example' }];
    const { findings } = await pair.diagnose({ 'guest.example': records }, { domains });
    assert.deepEqual(
      findings
        .filter(({ subject }) => subject.includes('guest.example'))
        .map(({ check, state }) => [check, state]),
      [['mx', 'fine']],
    );
  });

  test('a missing DKIM record, another key, and none of ours', async () => {
    const records = Object.keys(pair.zone).filter((name) => name.endsWith('_domainkey.us.example'));
    const [first = '', second = ''] = records;
    const diagnosis = await pair.diagnose({
      [first]: undefined,
      [second]: { TXT: [['v=DKIM1; k=ed25519; p=AAAA']] },
    });
    const of = (name: string) => diagnosis.findings.find(({ subject }) => subject === name);
    assert.match(of(first)?.found ?? '', /no record: our signatures prove nothing/);
    assert.match(of(second)?.found ?? '', /Another key stands there/);
    const without = await pair.diagnose(
      {},
      { dkimKeys: { keysOf: async () => [], stateOf: () => 'signing' } },
    );
    assert.match(troubles(without).join(), /problem dkim us\.example: .*unsigned/);
    assert.match(troubles(without).join(), /notice dkim shanghai\.example: .*a backup/);
  });
});

const withDoor = (smtp: string): Partial<DoctorOptions> => ({
  sites: [us, shanghai].map(({ name, hostname }) => ({ name, hostname, smtp })),
});

describe('doors and papers', () => {
  for (const [title, days, names, found] of [
    [
      'a certificate that ended',
      -1,
      [us.hostname, shanghai.hostname],
      /It ended \d+ days? ago|It ended/,
    ],
    ['a certificate that ends soon', 5, [us.hostname, shanghai.hostname], /It ends in [45] days/],
    ['a certificate for somebody else', 60, ['mail.other.example'], /not for mx\.us\.example/],
  ] as const) {
    test(`${title} is a problem`, async () => {
      const smtp = await pair.door(await pair.chain(days, names));
      const diagnosis = await pair.diagnose({}, withDoor(smtp));
      const finding = diagnosis.findings.find(({ check }) => check === 'certificate');
      assert.equal(finding?.state, 'problem');
      assert.match(finding.found, found);
    });
  }

  test('a certificate nobody vouches for is a problem where our promise says otherwise (RFC 8461 §4.2)', async () => {
    const smtp = await pair.door(await pair.chain(90, [us.hostname, shanghai.hostname]));
    const state = async (mode: 'enforce' | 'testing') => {
      const mtaSts = { mode, maxAgeMs: 604_800_000 };
      const { findings } = await pair.diagnose({}, { ...withDoor(smtp), mtaSts });
      return findings.find(({ check }) => check === 'certificate')?.state;
    };
    assert.deepEqual([await state('enforce'), await state('testing')], ['problem', 'notice']);
  });

  test('a door without STARTTLS is a problem, also for TLSA', async () => {
    const diagnosis = await pair.diagnose({}, withDoor(await pair.door()));
    assert.match(troubles(diagnosis).join('\n'), /problem certificate .*STARTTLS is not offered/);
    assert.match(troubles(diagnosis).join('\n'), /problem tlsa .*offers no TLS/);
  });

  test('a door that does not open: a problem of the other site, unknown of our own', async () => {
    const diagnosis = await pair.diagnose({}, withDoor('127.0.0.77:9'));
    const doors = diagnosis.findings.filter(({ check }) => check === 'port-25-in');
    assert.deepEqual(
      doors.map(({ subject, state }) => [subject, state]),
      [
        [us.hostname, 'unknown'],
        [shanghai.hostname, 'problem'],
      ],
    );
  });

  test('clocks that differ, a clock that is not told, an old mirror and none', async () => {
    const skewed = await pair.diagnose(
      {},
      {
        peerClock: async () => Date.now() + 60_000,
        mirrors: () => [{ home: 'shanghai', ageMs: 7_200_000 }],
      },
    );
    assert.match(troubles(skewed).join('\n'), /problem clock us and shanghai: .*60\.\d s ahead/);
    assert.match(troubles(skewed).join('\n'), /problem mirror shanghai: It is 120 minutes old/);
    const silent = await pair.diagnose(
      {},
      {
        peerClock: async () => Promise.reject(new Error('nobody answers')),
        mirrors: () => [{ home: 'shanghai' }],
      },
    );
    assert.match(troubles(silent).join('\n'), /unknown clock .*nobody answers/);
    assert.match(troubles(silent).join('\n'), /problem mirror shanghai: There is none/);
  });

  test('nobody named to try the way out with is unknown, not fine', async () => {
    const diagnosis = await pair.diagnose({}, { settings: { ...settings, outbound: [] } });
    assert.match(troubles(diagnosis).join(), /unknown port-25-out/);
  });
});
