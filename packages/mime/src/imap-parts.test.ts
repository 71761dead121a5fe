import assert from 'node:assert/strict';
import { test } from 'node:test';
import { baseSubject } from './base-subject.ts';
import { parseDateTime } from './date-time.ts';
import { editHeader, hasField } from './edit-header.ts';
import { headerEnd, selectFields } from './header-block.ts';
import { formatDateTime, formatInternalDate, parseInternalDate } from './internal-date.ts';
import { messageIdsIn } from './message-ids.ts';
import { sectionRange, type SectionKind } from './part-at.ts';
import { plainTextOf } from './plain-text.ts';
import { previewOf } from './preview.ts';
import { readMessage } from './read-message.ts';

const crlf = (text: string) => Buffer.from(text.replaceAll('\n', '\r\n'));

const nested = crlf(`Subject: outer
Content-Type: multipart/mixed; boundary=a

--a
Content-Type: text/plain

one
--a
Content-Type: message/rfc822

Subject: inner
Content-Type: multipart/alternative; boundary=bb

--bb

plain
--bb
Content-Type: text/html
Content-Transfer-Encoding: quoted-printable

<b>h=C3=B6</b>
--bb--
--a
Content-Type: message/rfc822

Subject: single

text
--a--
`);

test('parts are numbered as RFC 3501 §6.4.5 shows', () => {
  const { structure } = readMessage(nested);
  const section = (kind: SectionKind, ...numbers: readonly number[]) => {
    const range = sectionRange(structure, numbers, kind);
    return range && nested.toString('latin1', range.start, range.end);
  };
  assert.equal(section('CONTENT'), nested.toString('latin1'));
  assert.match(section('HEADER') ?? '', /^Subject: outer\r\n[^]*\r\n\r\n$/);
  assert.match(section('TEXT') ?? '', /^--a\r\n[^]*--a--\r\n$/);
  assert.equal(section('CONTENT', 1), 'one');
  assert.equal(section('MIME', 1), 'Content-Type: text/plain\r\n\r\n');
  assert.equal(section('HEADER', 1), undefined);
  assert.match(section('HEADER', 2) ?? '', /^Subject: inner\r\n/);
  assert.match(section('TEXT', 2) ?? '', /^--bb\r\n/);
  assert.equal(section('CONTENT', 2, 1), 'plain');
  assert.equal(section('CONTENT', 2, 2), '<b>h=C3=B6</b>');
  assert.equal(section('CONTENT', 3, 1), 'text');
  assert.equal(section('CONTENT', 3, 2), undefined);
  assert.equal(section('CONTENT', 4), undefined);
  assert.equal(section('CONTENT', 1, 1), undefined);
});

test('a message without parts has part 1, its body (RFC 3501 §6.4.5)', () => {
  const bytes = crlf('Subject: x\n\nbody\n');
  const { structure } = readMessage(bytes);
  const range = sectionRange(structure, [1], 'CONTENT');
  assert.equal(bytes.toString('latin1', range?.start, range?.end), 'body\r\n');
  assert.equal(sectionRange(structure, [2], 'CONTENT'), undefined);
});

test('the words of a message: parts decoded, HTML as text, names, messages inside', () => {
  const text = plainTextOf(nested, readMessage(nested).structure);
  for (const words of ['one', 'plain', 'hö', 'Subject: single', 'Subject: inner'])
    assert.ok(text.includes(words), words);
  assert.ok(!text.includes('<b>'));
});

test('the preview is the first text, without quotes, 200 characters (RFC 8970 §3.2)', () => {
  const preview = (text: string) => {
    const bytes = crlf(text);
    return previewOf(bytes, readMessage(bytes).structure);
  };
  assert.equal(preview('\n> quoted\n\nHello\n  you\n'), 'Hello you');
  assert.equal(preview('\n> only quoted\n'), '> only quoted');
  assert.equal(
    preview('Content-Type: text/html\n\n<style>x</style><p>Hi&zwnj;&nbsp;there</p>'),
    'Hi there',
  );
  assert.equal(preview(`\n${'x '.repeat(500)}`).length, 199);
  assert.equal(preview('Content-Type: image/png\n\nx'), '');
});

test('fields are selected with their folds, and the empty line comes along (RFC 3501 §6.4.5)', () => {
  const bytes = crlf('From: a\nSubject: b\n c\nTo: d\nsubject: e\n\nSubject: body\n');
  const range = { start: 0, end: headerEnd(bytes) };
  const names = new Set(['subject']);
  assert.equal(
    selectFields(bytes, range, { names }).toString(),
    'Subject: b\r\n c\r\nsubject: e\r\n\r\n',
  );
  assert.equal(
    selectFields(bytes, range, { names, isExcept: true }).toString(),
    'From: a\r\nTo: d\r\n\r\n',
  );
});

test('header fields come and go, every other byte stays', () => {
  const bytes = crlf('From: a\nBCC: x,\n y\nTo: b\n\nBcc: body\n');
  const changed = editHeader(bytes, { remove: ['Bcc'], prepend: 'A: 1\r\n', append: 'Z: 2\r\n' });
  assert.equal(changed.toString(), 'A: 1\r\nFrom: a\r\nTo: b\r\nZ: 2\r\n\r\nBcc: body\r\n');
  assert.equal(hasField(bytes, 'bcc'), true);
  assert.equal(hasField(changed, 'bcc'), false);
  assert.equal(
    editHeader(Buffer.from('From: a'), { append: 'Z: 2\r\n' }).toString(),
    'From: a\r\nZ: 2\r\n',
  );
  assert.equal(editHeader(crlf('\nbody'), { append: 'Z: 2\r\n' }).toString(), 'Z: 2\r\n\r\nbody');
});

test('dates as people’s programs write them (RFC 5322 §3.3, §4.3)', () => {
  const at = (text: string) => parseDateTime(text)?.atMs;
  const noon = Date.UTC(1997, 10, 21, 15, 55, 6);
  for (const text of [
    'Fri, 21 Nov 1997 09:55:06 -0600',
    '21 Nov 97 09:55:06 CST',
    'Fri, 21 Nov 1997 09(comment):55 : 06 -0600'.replaceAll(' : ', ':'),
    'Fri Nov 21 15:55:06 1997',
    '1997-11-21T09:55:06-06:00',
    'Fri, 21 Nov 1997 15:55:06 GMT',
    'Fri, 21-Nov-1997 15:55:06 Z',
  ])
    assert.equal(at(text), noon, text);
  assert.equal(at('Mon, 1 Jan 24 10:00 +0000'), Date.UTC(2024, 0, 1, 10));
  for (const text of ['', 'yesterday', '32 Jan 2024 10:00:00 +0000', '1 Foo 2024'])
    assert.equal(at(text), undefined, text);
});

test('INTERNALDATE both ways (RFC 3501 §9)', () => {
  const atMs = Date.UTC(1996, 6, 17, 9, 44, 25);
  assert.equal(formatInternalDate(atMs, -420), '17-Jul-1996 02:44:25 -0700');
  assert.equal(parseInternalDate('17-Jul-1996 02:44:25 -0700'), atMs);
  assert.equal(parseInternalDate(' 1-Feb-2024 00:00:00 +0530'), Date.UTC(2024, 0, 31, 18, 30));
  assert.equal(formatInternalDate(Date.UTC(2024, 1, 1)), ' 1-Feb-2024 00:00:00 +0000');
  assert.equal(parseInternalDate('30-Feb-2024 00:00:00 +0000'), undefined);
  assert.equal(parseInternalDate('1996-07-17'), undefined);
  assert.equal(formatDateTime(atMs, -420), 'Wed, 17 Jul 1996 02:44:25 -0700');
});

test('base subjects (RFC 5256 §2.1)', () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ['hello', 'hello', false],
    ['Re: Re[2]: FW: hello  world (fwd)', 'hello world', true],
    ['[list] Re: [list] hello', 'hello', true],
    ['[Fwd: Re: hello]', 'hello', true],
    ['[only]', '[only]', false],
    ['=?utf-8?Q?Re:_h=C3=B6?=', 'hö', true],
    ['Regards', 'Regards', false],
    ['Re:', '', true],
  ];
  for (const [subject, text, isReplyOrForward] of cases)
    assert.deepEqual(baseSubject(subject), { text, isReplyOrForward }, subject);
  for (const piece of ['Re: ', '[a]', '[fwd: ', '(fwd)', '[', 're[', ' '])
    assert.equal(typeof baseSubject(piece.repeat(15_000)).text, 'string');
});

test('message ids are found among phrases, none twice (RFC 5256 §2.2)', () => {
  assert.deepEqual(messageIdsIn('your letter <a@b> of <"c d"@e> <a@b> <'), ['<a@b>', '<c d@e>']);
  assert.deepEqual(messageIdsIn('<a <b@c>'), ['<b@c>']);
  assert.deepEqual(messageIdsIn('none'), []);
});
