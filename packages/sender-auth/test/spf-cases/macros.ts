// Macros (RFC 7208 §7) and explanations (§6.2), where they can be seen: in the text that is told to the sender.
import type { Zone } from '@restante/dns';
import { txt } from './spf-case.ts';
import type { SpfCase } from './spf-case.ts';

type Row = readonly [rule: string, text: string, explanation: string, more?: Partial<SpfCase>];

const from = 'strong-bad@email.example.test';
const six = '2001:db8::cb01';

const line = {
  says: 'fail',
  why: '§6.2: an explanation has visible characters and spaces; this would go into a reply',
};

// The examples of §7.4, and the rest of the language.
const texts: readonly Row[] = [
  ['§7.4', '%{s}', from],
  ['§7.4', '%{o}', 'email.example.test'],
  ['§7.4', '%{d}', 'email.example.test'],
  ['§7.4', '%{d4}', 'email.example.test'],
  ['§7.4', '%{d3}', 'email.example.test'],
  ['§7.4', '%{d2}', 'example.test'],
  ['§7.4', '%{d1}', 'test'],
  ['§7.4', '%{dr}', 'test.example.email'],
  ['§7.4', '%{d2r}', 'example.email'],
  ['§7.4', '%{l}', 'strong-bad'],
  ['§7.4', '%{l-}', 'strong.bad'],
  ['§7.4', '%{lr}', 'strong-bad'],
  ['§7.4', '%{lr-}', 'bad.strong'],
  ['§7.4', '%{l1r-}', 'strong'],
  ['§7.4', '%{ir}.%{v}._spf.%{d2}', '3.2.0.192.in-addr._spf.example.test', { ip: '192.0.2.3' }],
  ['§7.4', '%{lr-}.lp._spf.%{d2}', 'bad.strong.lp._spf.example.test'],
  [
    '§7.4',
    '%{ir}.%{v}._spf.%{d2}',
    '1.0.B.C.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.B.D.0.1.0.0.2.ip6._spf.example.test',
    { ip: six },
  ],
  ['§7.2', '%{c} %{i}', '192.0.2.1 192.0.2.1'],
  ['§7.2', '%{c}', six, { ip: six }],
  ['§7.2', '%{h}', 'client.example.test'],
  ['§7.2', '%{r}', 'mx.receiver.test'],
  ['§7.2', '%{v}', 'ip6', { ip: '2001:db8::1' }],
  ['§7.2', '%{v}', 'in-addr', { ip: '::ffff:192.0.2.1' }],
  ['§7.3', '%{p}', 'unknown'],
  ['§7.3', '%{p}', 'mx.email.example.test', { ip: '192.0.2.41' }],
  ['§7.3', '%{p}', 'other.test', { ip: '192.0.2.42' }],
  ['§7.1', '%%%_%-.', '% %20.'],
  ['§7.1', 'a%{d2}b', 'aexample.testb'],
  ['§7.3', '%{L} %{S}', 'strong-bad strong-bad%40email.example.test'],
  ['§7.3', '%{L}', 'a%2Bb%3D%26%21%27%2A~_.-', { from: "a+b=&!'*~_.-@email.example.test" }],
  ['§7.3', '%{l1r+} %{l2+-}', 'joe news.x', { from: 'joe+news-x@email.example.test' }],
  ['§7.3', '%{l+-=_,/}', 'a.b.c.d.e.f.g', { from: 'a+b-c=d_e,f/g@email.example.test' }],
  ['§7.3', '%{l-}', '.a..b.', { from: '-a--b-@email.example.test' }],
  ['§4.3', '%{l}', 'postmaster', { from: '@email.example.test' }],
  [
    '§2.4',
    '%{s} %{h}',
    'postmaster@email.example.test email.example.test',
    { from: '', helo: 'email.example.test' },
  ],
  ['§7.3', '%{l}', '"Macro Error"', { from: '"Macro Error"@email.example.test' }],
  [
    '§6.2',
    'See http://%{d}/why?s=%{S};i=%{I}',
    'See http://email.example.test/why?s=strong-bad%40email.example.test;i=192.0.2.1',
  ],
  // No explanation.
  ['§6.2', '%{x}', ''],
  ['§6.2', 'half%', ''],
  ['§6.2', 'na\u00efve', ''],
  ['§6.2', 'two\r\nlines', '', { pyspf: line }],
  ['§6.2', 'tab\tulator', '', { pyspf: line }],
];

const people: Zone = {
  '41.2.0.192.in-addr.arpa': { PTR: ['other.test', 'mx.email.example.test'] },
  'mx.email.example.test': { A: ['192.0.2.41'] },
  '42.2.0.192.in-addr.arpa': { PTR: ['not.email.example.test', 'other.test'] },
  'other.test': { A: ['192.0.2.41', '192.0.2.42'] },
  'not.email.example.test': { A: ['203.0.113.1'] },
};

const explained: readonly SpfCase[] = texts.map(([rule, text, explanation, more = {}]) => ({
  rule,
  title: `explanation ${JSON.stringify(text)} says ${JSON.stringify(explanation)}`,
  record: '',
  zone: { ...people, 'email.example.test': txt('v=spf1 -all exp=why.test'), 'why.test': txt(text) },
  from,
  want: 'fail',
  explanation,
  ...more,
}));

const long = 'x'.repeat(50);
const cut = Array.from({ length: 4 }, () => long).join('.');

const rows: readonly SpfCase[] = [
  {
    rule: '§6.2',
    title: 'the explanation of an include is not used',
    record: 'v=spf1 include:in.test -all exp=why.test',
    zone: {
      'in.test': txt('v=spf1 -all exp=no.test'),
      'why.test': txt('outer'),
      'no.test': txt('inner'),
    },
    want: 'fail',
    explanation: 'outer',
  },
  {
    rule: '§6.2',
    title: 'an include that fails leaves no explanation behind',
    record: 'v=spf1 include:in.test -all',
    zone: { 'in.test': txt('v=spf1 -all exp=no.test'), 'no.test': txt('inner') },
    want: 'fail',
    explanation: '',
  },
  {
    rule: '§6.2',
    title: 'a redirect brings its own explanation',
    record: 'v=spf1 exp=why.test redirect=re.test',
    zone: {
      're.test': txt('v=spf1 -all exp=re-why.test'),
      're-why.test': txt('of %{d} for %{o}'),
      'why.test': txt('outer'),
    },
    want: 'fail',
    explanation: 'of re.test for example.test',
  },
  {
    rule: '§6.2',
    title: 'a redirect without one has none',
    record: 'v=spf1 exp=why.test redirect=re.test',
    zone: { 're.test': txt('v=spf1 -all'), 'why.test': txt('outer') },
    want: 'fail',
    explanation: '',
  },
  {
    rule: '§6.2',
    title: 'strings are joined without spaces',
    record: 'v=spf1 -all exp=why.test',
    zone: { 'why.test': { TXT: [['one', 'two']] } },
    want: 'fail',
    explanation: 'onetwo',
  },
  {
    rule: '§6.2',
    title: 'two records are none',
    record: 'v=spf1 -all exp=why.test',
    zone: { 'why.test': txt('one', 'two') },
    want: 'fail',
    explanation: '',
  },
  {
    rule: '§6.2',
    title: 'no record is none',
    record: 'v=spf1 -all exp=gone.test',
    want: 'fail',
    explanation: '',
  },
  {
    rule: '§6.2',
    title: 'SERVFAIL is none, and the result stands',
    record: 'v=spf1 -all exp=why.test',
    faults: { 'why.test': 'ESERVFAIL' },
    want: 'fail',
    explanation: '',
  },
  {
    rule: '§6.2',
    title: 'only a fail is explained',
    record: 'v=spf1 ~all exp=why.test',
    zone: { 'why.test': txt('text') },
    want: 'softfail',
    explanation: '',
  },
  {
    rule: '§6.2',
    title: 'the place of the explanation has macros too',
    record: 'v=spf1 -all exp=%{l}.%{d1}',
    zone: { 'ana.test': txt('hello %{l}') },
    want: 'fail',
    explanation: 'hello ana',
  },
  {
    rule: '§6.2',
    title: 'a place that cannot be a name is none',
    record: 'v=spf1 -all exp=a..test',
    want: 'fail',
    explanation: '',
  },
  {
    rule: '§7.3',
    title: 'whole labels are cut from the left until 253 characters remain',
    record: `v=spf1 exists:%{l}.${cut}.%{l}.${long}.example.test -all`,
    from: `${'y'.repeat(30)}@example.test`,
    zone: { [`${cut.slice(51)}.${'y'.repeat(30)}.${long}.example.test`]: { A: ['127.0.0.2'] } },
    want: 'pass',
    pyspf: {
      says: 'fail',
      why: '§7.3: labels go "until the total length does not exceed 253 characters"; pyspf takes one',
    },
  },
  {
    rule: '§7.3',
    title: 'a name of exactly 253 characters is left alone',
    record: `v=spf1 exists:${cut}.${'z'.repeat(36)}.example.test -all`,
    zone: { [`${cut}.${'z'.repeat(36)}.example.test`]: { A: ['127.0.0.2'] } },
    want: 'pass',
  },
  {
    rule: '§4.8',
    title: 'a label that grows too long matches nothing',
    record: `v=spf1 exists:%{l}${'z'.repeat(40)}.test -all`,
    from: `${'y'.repeat(30)}@example.test`,
    want: 'fail',
  },
  {
    rule: '§4.8',
    title: 'an empty label matches nothing',
    record: 'v=spf1 exists:%{l-}.example.test ~all',
    from: '-a@example.test',
    want: 'softfail',
  },
  {
    rule: '§7.2',
    title: "%{d} is the included domain, %{o} the sender's",
    record: 'v=spf1 include:in.test -all',
    zone: {
      'in.test': txt('v=spf1 exists:%{d}.%{o} -all'),
      'in.test.example.test': { A: ['127.0.0.2'] },
    },
    want: 'pass',
  },
  {
    rule: '§7.2',
    title: '%{i} of an IPv6 client is asked for digit by digit',
    record: 'v=spf1 exists:%{ir}.list.test -all',
    ip: '2001:db8::1',
    zone: {
      '1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.list.test': {
        A: ['127.0.0.2'],
      },
    },
    want: 'pass',
  },
  {
    rule: '§7.3',
    title: '%{p} prefers the domain, then a name below it',
    record: 'v=spf1 exists:%{p}.known.test -all',
    from: 'ana@email.example.test',
    ip: '192.0.2.41',
    zone: {
      ...people,
      'email.example.test': txt('v=spf1 exists:%{p}.known.test -all'),
      'mx.email.example.test.known.test': { A: ['127.0.0.2'] },
    },
    want: 'pass',
  },
];

export const macroCases: readonly SpfCase[] = [...explained, ...rows];
