import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  formatHeader,
  formatRecord,
  parseHeader,
  parseLines,
  type UidRecord,
} from './uid-list-format.ts';

test('reads the header that Dovecot documents, whatever the order of its fields', () => {
  const expected = {
    uidValidity: 1275660208,
    nextUid: 25022,
    guid: '3085f01b7f11094c501100008c4a11c1',
    others: '',
  };
  assert.deepEqual(parseHeader('3 V1275660208 N25022 G3085f01b7f11094c501100008c4a11c1'), {
    header: expected,
    version: 3,
  });
  assert.deepEqual(
    parseHeader('3 N25022 Xnew G3085f01b7f11094c501100008c4a11c1 V1275660208')?.header,
    { ...expected, others: 'Xnew' },
  );
  assert.deepEqual(parseHeader('1 1275660208 25022'), {
    header: { ...expected, guid: '' },
    version: 1,
  });
});

test('refuses headers with zero, missing or impossible numbers (RFC 3501 §2.3.1.1)', () => {
  for (const line of [
    '',
    '3',
    '3 ',
    '2 V1 N1',
    '3 V0 N1',
    '3 V1 N0',
    '3 V1',
    '3 V4294967296 N1',
    '3 V1 N-1',
    '3 V1.5 N2',
    '1 0 1',
    'x',
    '\0\0\0',
  ]) {
    assert.equal(parseHeader(line), undefined, JSON.stringify(line));
  }
});

test('reads lines with and without extension fields, as Dovecot writes them', () => {
  const text =
    '25006 :1276528487.M364837P9451.kurkku,S=1355,W=1394:2,\n25017 W2481 :1276533073.M242911P3632.kurkku:2,F\n';
  assert.deepEqual(parseLines(Buffer.from(text), { version: 3 }), {
    damagedBytes: 0,
    records: [
      { uid: 25006, extensions: '', name: '1276528487.M364837P9451.kurkku,S=1355,W=1394:2,' },
      { uid: 25017, extensions: 'W2481', name: '1276533073.M242911P3632.kurkku:2,F' },
    ],
  });
});

test('keeps every good line around a bad one, and says what was wrong', () => {
  for (const bad of [
    'x\n',
    '3\n',
    '3 :\n',
    '0 :a\n',
    '2 :again\n',
    '4294967295 :a\n',
    '3 :../../etc\n',
    '\0\0\0\n',
    '3 a\n',
  ]) {
    const { records, damage, damagedBytes } = parseLines(Buffer.from(`1 :a\n2 :b\n${bad}5 :c\n`), {
      version: 3,
    });
    assert.deepEqual(
      records.map(({ uid }) => uid),
      [1, 2, 5],
      bad,
    );
    assert.ok(damage !== undefined && damagedBytes === bad.length);
  }
});

test('a last line without its end is never a record', () => {
  const { records, damage } = parseLines(Buffer.from('1 :a\n2 :1700000'), { version: 3 });
  assert.deepEqual(
    records.map(({ uid }) => uid),
    [1],
  );
  assert.equal(damage, 'The last line is cut short.');
});

test('what is written is read again, byte for byte', () => {
  const name = fc
    .stringMatching(/^[^\n/\0]{1,40}$/)
    .filter((text) => Buffer.from(text, 'latin1').toString('latin1') === text);
  const extensions = fc
    .array(fc.stringMatching(/^[A-Z][a-z0-9]{0,5}$/), { maxLength: 3 })
    .map((fields) => fields.join(' '));
  fc.assert(
    fc.property(
      fc.array(fc.record({ name, extensions, step: fc.integer({ min: 1, max: 5 }) })),
      (rows) => {
        let uid = 0;
        const records: UidRecord[] = rows.map(({ step, ...row }) => ({
          uid: (uid += step),
          ...row,
        }));
        const bytes = Buffer.from(records.map(formatRecord).join(''), 'latin1');
        assert.deepEqual(parseLines(bytes, { version: 3 }), { records, damagedBytes: 0 });
      },
    ),
  );
  const header = { uidValidity: 5, nextUid: 9, guid: 'a'.repeat(32), others: 'Xa Yb' };
  assert.deepEqual(parseHeader(formatHeader(header).trimEnd())?.header, header);
});

test('no bytes at all make the parser throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      parseLines(Buffer.from(bytes), { version: 3 });
      parseHeader(Buffer.from(bytes).toString('latin1'));
    }),
  );
});
