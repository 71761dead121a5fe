import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkRecords, domainRecords } from '@restante/client-settings';
import type { RecordFinding } from '@restante/client-settings';
import { createResolver, startZoneServer } from '@restante/dns';
import type { Zone } from '@restante/dns';
import { systemClock } from '@restante/runtime';
import { demo } from './demo-domain.ts';

const records = domainRecords({
  domain: demo,
  dkim: [{ name: 's1._domainkey.shanghai.test', value: 'v=DKIM1; k=rsa; p=ABCD' }],
  mtaSts: { mode: 'testing', maxAgeMs: 604_800_000 },
  dmarc: 'quarantine',
});

const zone: Zone = {
  'shanghai.test': {
    MX: [
      { priority: 10, exchange: 'mx.shanghai.test' },
      { priority: 10, exchange: 'mx.us.test' },
    ],
    TXT: [['somebody-else=1'], ['v=spf1 a:mx.shanghai.test', ' a:mx.us.test ~all']],
  },
  'mx.shanghai.test': { A: ['192.0.2.1'], AAAA: ['2001:db8::1'] },
  's1._domainkey.shanghai.test': { TXT: [['v=DKIM1; k=rsa; ', 'p=AB CD']] },
  '_dmarc.shanghai.test': { TXT: [['v=DMARC1; p=none']] },
  'autoconfig.shanghai.test': { CNAME: ['mx.shanghai.test'] },
  'autodiscover.shanghai.test': { A: ['192.0.2.1'] },
  '1.2.0.192.in-addr.arpa': { PTR: ['mx.shanghai.test'] },
};

test('what is there, what differs and what is missing are told apart', async () => {
  await using server = await startZoneServer({ zone });
  await using resolver = createResolver({ servers: [server.address], clock: systemClock });
  const findings = await checkRecords(records, resolver);
  const state = (name: string, type: string) =>
    findings.filter(({ record }) => record.name === name && record.type === type);
  const states = (name: string, type: string) => state(name, type).map((each) => each.state);

  assert.deepEqual(states('shanghai.test', 'MX'), ['there', 'differs']);
  assert.deepEqual(states('shanghai.test', 'TXT'), ['there']);
  assert.deepEqual(states('s1._domainkey.shanghai.test', 'TXT'), ['there']);
  assert.deepEqual(found(state('_dmarc.shanghai.test', 'TXT')), ['v=DMARC1; p=none']);
  assert.deepEqual(states('autoconfig.shanghai.test', 'CNAME'), ['there']);
  assert.deepEqual(states('autodiscover.shanghai.test', 'CNAME'), ['there']);
  assert.deepEqual(states('_imaps._tcp.shanghai.test', 'SRV'), ['missing']);
  assert.deepEqual(states('192.0.2.1', 'PTR'), ['there']);
  assert.deepEqual(states('2001:db8::1', 'PTR'), ['missing']);
  assert.deepEqual(states('mx.us.test', 'A'), ['missing']);
});

test('a name server that does not answer is no missing record (RFC 2308 §2)', async () => {
  const server = await startZoneServer({ zone });
  await server.close();
  await using resolver = createResolver({
    servers: [server.address],
    clock: systemClock,
    timeoutMs: 50,
    retries: 0,
    deadlineMs: 500,
  });
  const findings = await checkRecords(records.slice(0, 3), resolver);
  assert.deepEqual(new Set(findings.map(({ state }) => state)), new Set(['unknown']));
});

function found(findings: readonly RecordFinding[]): readonly string[] {
  return findings.flatMap((finding) => (finding.state === 'differs' ? finding.found : []));
}
