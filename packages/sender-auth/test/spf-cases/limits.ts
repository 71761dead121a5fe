// Where an evaluation ends before its time (RFC 7208 §4.6.4), and whom SPF asks about at all (§2, §4.3 to §4.5).
import type { Zone } from '@restante/dns';
import { txt } from './spf-case.ts';
import type { SpfCase } from './spf-case.ts';

const chain = (length: number): Zone =>
  Object.fromEntries(
    Array.from({ length }, (_, index) => [
      `i${index}.test`,
      txt(index === length - 1 ? 'v=spf1 +all' : `v=spf1 include:i${index + 1}.test -all`),
    ]),
  );
const there = { 'there.test': { A: ['203.0.113.1'], AAAA: ['2001:db8::99'] } };
const terms = (count: number, term: string) => Array.from({ length: count }, () => term).join(' ');
const exchangers = (count: number, host: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => ({ priority: index, exchange: host(index) }));
const fourHosts = Object.fromEntries(
  Array.from({ length: 5 }, (_, index) => [`h${index}.test`, { A: ['203.0.113.1'] }]),
);
const pointers = (count: number): Zone => ({
  '1.2.0.192.in-addr.arpa': {
    PTR: Array.from({ length: count }, (_, index) => `p${index}.example.test`),
  },
  ...Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `p${index}.example.test`,
      { A: [index === count - 1 ? '192.0.2.1' : '203.0.113.1'] },
    ]),
  ),
});

const ptrWhy =
  "names of the client are the client's: they would let it spoil the record of the sender";

export const limitCases: readonly SpfCase[] = [
  {
    rule: '§4.6.4',
    title: 'ten terms are fine',
    record: `v=spf1 ${terms(10, 'a:there.test')} +all`,
    zone: there,
    want: 'pass',
  },
  {
    rule: '§4.6.4',
    title: 'eleven are a permerror',
    record: `v=spf1 ${terms(11, 'a:there.test')} +all`,
    zone: there,
    want: 'permerror',
  },
  {
    rule: '§4.6.4',
    title: 'all, ip4, ip6 and exp are not counted',
    record: `v=spf1 ${terms(20, 'ip4:203.0.113.1 ip6:::1')} ${terms(10, 'a:there.test')} +all exp=x.test`,
    zone: there,
    want: 'pass',
  },
  {
    rule: '§4.6.4',
    title: 'a match before the eleventh counts',
    record: `v=spf1 ${terms(10, 'a:there.test')} +ip4:192.0.2.1 a:there.test -all`,
    zone: there,
    want: 'pass',
  },
  {
    rule: '§4.6.4',
    title: 'ten includes in a row are fine',
    record: 'v=spf1 include:i0.test -all',
    zone: chain(10),
    want: 'pass',
  },
  {
    rule: '§4.6.4',
    title: 'eleven are a permerror',
    record: 'v=spf1 include:i0.test -all',
    zone: chain(11),
    want: 'permerror',
  },
  {
    rule: '§4.6.4',
    title: 'terms of includes are counted together',
    record: 'v=spf1 include:in.test include:in.test -all',
    zone: { ...there, 'in.test': txt(`v=spf1 ${terms(5, 'a:there.test')}`) },
    want: 'permerror',
  },
  {
    rule: '§4.6.4',
    title: 'redirect in a circle is a permerror',
    record: 'v=spf1 redirect=example.test',
    want: 'permerror',
  },
  {
    rule: '§4.6.4',
    title: 'includes in a circle are a permerror',
    record: 'v=spf1 include:i.test',
    zone: { 'i.test': txt('v=spf1 include:example.test') },
    want: 'permerror',
  },
  {
    rule: '§4.6.4',
    title: 'ten exchangers are fine',
    record: 'v=spf1 mx -all',
    zone: {
      'example.test': {
        ...txt('v=spf1 mx -all'),
        MX: exchangers(10, (index) => (index < 9 ? 'there.test' : 'me.test')),
      },
      ...there,
      'me.test': { A: ['192.0.2.1'] },
    },
    want: 'pass',
  },
  {
    rule: '§4.6.4',
    title: 'eleven are a permerror',
    record: '',
    zone: {
      'example.test': { ...txt('v=spf1 mx -all'), MX: exchangers(11, () => 'me.test') },
      'me.test': { A: ['192.0.2.1'] },
    },
    want: 'permerror',
  },
  {
    rule: '§4.6.4',
    title: 'the tenth name of the client is looked at',
    record: 'v=spf1 ptr -all',
    zone: pointers(10),
    want: 'pass',
  },
  {
    rule: '§4.6.4',
    title: 'the eleventh is ignored',
    record: 'v=spf1 ptr -all',
    zone: pointers(11),
    want: 'fail',
  },
  {
    rule: '§4.6.4',
    title: 'two void lookups are fine',
    record: 'v=spf1 a:gone1.test exists:gone2.test +all',
    want: 'pass',
  },
  {
    rule: '§4.6.4',
    title: 'three are a permerror',
    record: 'v=spf1 a:gone1.test exists:gone2.test mx:gone3.test +all',
    want: 'permerror',
  },
  {
    rule: '§4.6.4',
    title: 'a name without the type is void too',
    record: 'v=spf1 mx:there.test mx:there.test mx:there.test +all',
    zone: there,
    want: 'permerror',
  },
  {
    rule: '§4.6.4',
    title: 'exchangers that do not exist are void',
    record: '',
    zone: {
      'example.test': {
        ...txt('v=spf1 mx +all'),
        MX: exchangers(3, (index) => `gone${index}.test`),
      },
    },
    want: 'permerror',
  },
  {
    rule: '§4.6.4',
    title: 'exchangers without IPv6 are one void together',
    record: '',
    ip: '2001:db8::1',
    zone: {
      'example.test': {
        ...txt('v=spf1 mx a:h1.test +all'),
        MX: exchangers(5, (index) => `h${index}.test`),
      },
      ...fourHosts,
    },
    want: 'pass',
    pyspf: {
      says: 'permerror',
      why: '§4.6.4 counts terms; pyspf counts every host that has IPv4 only',
    },
  },
  {
    rule: '§4.6.4',
    title: 'a client without a name is a void lookup of ptr',
    record: 'v=spf1 ptr a:gone1.test a:gone2.test +all',
    want: 'permerror',
  },
  {
    rule: '§4.6.4',
    title: 'a client whose names lead nowhere is not',
    record: 'v=spf1 ptr +all',
    zone: {
      '1.2.0.192.in-addr.arpa': { PTR: ['a.example.test', 'b.example.test', 'c.example.test'] },
    },
    want: 'pass',
    pyspf: { says: 'permerror', why: ptrWhy },
  },
  {
    rule: '§4.6.4',
    title: 'exp is no void lookup',
    record: 'v=spf1 a:gone1.test a:gone2.test -all exp=gone3.test',
    want: 'fail',
    explanation: '',
  },

  {
    rule: '§4.4',
    title: 'no record is none',
    record: '',
    zone: {},
    from: 'ana@other.test',
    want: 'none',
  },
  {
    rule: '§4.4',
    title: 'a name without TXT is none',
    record: '',
    zone: there,
    from: 'ana@there.test',
    want: 'none',
  },
  {
    rule: '§4.4',
    title: 'SERVFAIL is temperror',
    record: 'v=spf1 +all',
    faults: { 'example.test TXT': 'ESERVFAIL' },
    want: 'temperror',
  },
  {
    rule: '§4.4',
    title: 'a timeout is temperror',
    record: 'v=spf1 +all',
    faults: { 'example.test TXT': 'ETIMEOUT' },
    want: 'temperror',
  },
  {
    rule: '§4.5',
    title: 'two records are a permerror',
    record: '',
    zone: { 'example.test': txt('v=spf1 +all', 'v=spf1 +all a') },
    want: 'permerror',
  },
  {
    rule: '§4.5',
    title: 'one beside other texts is fine',
    record: '',
    zone: { 'example.test': txt('v=DKIM1', 'v=spf1 +all', 'v=spf10 -all', 'v=spf1-all') },
    want: 'pass',
  },
  {
    rule: '§3.3',
    title: 'strings are joined without spaces',
    record: '',
    zone: { 'example.test': { TXT: [['v=spf1 ip4:192.', '0.2.1 -all']] } },
    want: 'pass',
  },
  {
    rule: '§3.3',
    title: 'and so may be no record',
    record: '',
    zone: { 'example.test': { TXT: [['v=spf1', '-all']] } },
    want: 'none',
  },
  {
    rule: '§3.1',
    title: 'a record that is not ASCII is a permerror',
    record: 'v=spf1 +all x=\u00e4',
    want: 'permerror',
  },

  {
    rule: '§2.4',
    title: 'for the null reverse-path HELO is asked about',
    record: 'v=spf1 -all',
    from: '',
    helo: 'example.test',
    want: 'fail',
  },
  {
    rule: '§2.3',
    title: 'HELO that is a literal is none',
    record: '',
    from: '',
    helo: '[192.0.2.1]',
    want: 'none',
  },
  {
    rule: '§2.3',
    title: 'HELO that is an address is none',
    record: '',
    from: '',
    helo: '192.0.2.1',
    want: 'none',
  },
  {
    rule: '§4.3',
    title: 'HELO of one label is none',
    record: '',
    from: '',
    helo: 'localhost',
    want: 'none',
  },
  { rule: '§4.3', title: 'an empty label is none', record: '', from: 'ana@a..test', want: 'none' },
  {
    rule: '§4.3',
    title: 'a label of 64 characters is none',
    record: '',
    from: `ana@${'a'.repeat(64)}.test`,
    want: 'none',
  },
  {
    rule: '§4.3',
    title: 'a label of 63 characters is asked for',
    record: '',
    from: `ana@${'a'.repeat(63)}.test`,
    zone: { [`${'a'.repeat(63)}.test`]: txt('v=spf1 -all') },
    want: 'fail',
  },
  {
    rule: '§4.3',
    title: 'a name of 254 characters is none',
    record: '',
    from: `ana@${'abcdefg.'.repeat(31)}abtest`,
    want: 'none',
  },
  { rule: '§4.3', title: 'a literal is none', record: '', from: 'ana@[192.0.2.1]', want: 'none' },
  {
    rule: '§4.3',
    title: 'the domain is of any case',
    record: 'v=spf1 -all',
    from: 'ana@EXAMPLE.Test',
    want: 'fail',
  },
  {
    rule: '§4.3',
    title: 'without a local part it is postmaster',
    record: 'v=spf1 exists:%{l}.x.test -all',
    zone: { 'postmaster.x.test': { A: ['127.0.0.2'] } },
    from: '@example.test',
    want: 'pass',
  },
  {
    rule: '§4.3',
    title: 'an address may have an @ in quotes',
    record: 'v=spf1 -all',
    from: '"a@b"@example.test',
    want: 'fail',
    pyspf: { says: 'none', why: 'pyspf cuts at the first @' },
  },
  {
    rule: '§4.3',
    title: 'international names are asked for as A-labels',
    record: '',
    from: 'ana@m\u00fcnchen.test',
    zone: { 'xn--mnchen-3ya.test': txt('v=spf1 -all') },
    want: 'fail',
    pyspf: { says: 'none', why: '§4.3 wants A-labels; pyspf leaves that to its caller' },
  },
];
