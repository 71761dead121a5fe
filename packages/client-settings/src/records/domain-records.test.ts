import assert from 'node:assert/strict';
import { test } from 'node:test';
import { demo } from '../../test/demo-domain.ts';
import { spfCovers, sameTags } from './compare-records.ts';
import { valueOf } from './dns-record.ts';
import { domainRecords } from './domain-records.ts';
import { zoneText } from './zone-text.ts';

const longKey = `v=DKIM1; k=rsa; p=${'A'.repeat(390)}`;
const records = domainRecords({
  domain: demo,
  dkim: [{ name: 's1._domainkey.shanghai.test', value: longKey }],
  mtaSts: { mode: 'enforce', maxAgeMs: 604_800_000 },
  dmarc: 'quarantine',
  certificateAuthority: 'letsencrypt.org',
});
const values = (name: string, type: string) =>
  records.filter((each) => each.name === name && each.type === type).map(valueOf);

test('mail comes to the home first and to the backup behind it (RFC 5321 §5.1)', () => {
  assert.deepEqual(values('shanghai.test', 'MX'), ['10 mx.shanghai.test.', '20 mx.us.test.']);
});

test('SPF covers both exits (RFC 7208 §4.6.4)', () => {
  assert.deepEqual(values('shanghai.test', 'TXT'), [
    '"v=spf1 a:mx.shanghai.test a:mx.us.test -all"',
  ]);
});

test('a key that is longer than a string comes in several (RFC 1035 §3.3)', () => {
  const [value = ''] = values('s1._domainkey.shanghai.test', 'TXT');
  assert.match(value, /^"[^"]{255}" "[^"]+"$/);
  assert.equal(value.replaceAll(/" "|^"|"$/g, ''), longKey);
});

test('services at both sites are found, the home first; what there is not is said not to be there (RFC 6186 §3.4)', () => {
  assert.deepEqual(values('_submissions._tcp.shanghai.test', 'SRV'), [
    '0 1 465 mx.shanghai.test.',
    '10 1 465 mx.us.test.',
  ]);
  assert.deepEqual(values('_imaps._tcp.shanghai.test', 'SRV'), ['0 1 993 mx.shanghai.test.']);
  assert.deepEqual(values('_pop3s._tcp.shanghai.test', 'SRV'), ['0 0 0 .']);
});

test('the number of the policy changes with the policy (RFC 8461 §3.1)', () => {
  const [value = ''] = values('_mta-sts.shanghai.test', 'TXT');
  assert.match(value, /^"v=STSv1; id=[0-9a-z]{1,32}"$/);
  const testing = domainRecords({
    domain: demo,
    dkim: [],
    mtaSts: { mode: 'testing', maxAgeMs: 604_800_000 },
    dmarc: 'none',
  });
  assert(!testing.map(valueOf).includes(value));
});

test('the zone file has the records of the domain, and the others as comments', () => {
  const zone = zoneText('shanghai.test', records);
  assert.match(zone, /^\$ORIGIN shanghai\.test\.$/m);
  assert.match(zone, /^shanghai\.test\. IN MX 10 mx\.shanghai\.test\.$/m);
  assert.match(zone, /^shanghai\.test\. IN CAA 0 issue "letsencrypt\.org"$/m);
  assert.match(zone, /^; mx\.us\.test\. IN A \(the public address\)$/m);
  assert.match(zone, /^; 192\.0\.2\.1 IN PTR mx\.shanghai\.test\.$/m);
  assert.match(zone, /^mx\.shanghai\.test\. IN AAAA 2001:db8::1$/m);
});

test('SPF with more exits than ours, and with another end, covers ours', () => {
  assert(
    spfCovers(
      'v=spf1 mx a:mx.us.test A:mx.shanghai.test ~all',
      'v=spf1 a:mx.shanghai.test a:mx.us.test -all',
    ),
  );
  assert(
    !spfCovers('v=spf1 a:mx.shanghai.test -all', 'v=spf1 a:mx.shanghai.test a:mx.us.test -all'),
  );
});

test('a key that a form broke into lines is the same key (RFC 6376 §3.2)', () => {
  assert(sameTags('v=DKIM1;k=rsa; p=AB CD', 'v=DKIM1; k=rsa; p=ABCD'));
  assert(!sameTags('v=DKIM1; k=rsa; p=ABCE', 'v=DKIM1; k=rsa; p=ABCD'));
});
