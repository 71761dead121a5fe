import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addressesMax } from './address-list.ts';
import type { MessagePart } from './message.ts';
import { depthMax, partsMax, readMessage } from './read-message.ts';

const crlf = (text: string) => Buffer.from(text.replaceAll('\n', '\r\n'));

/** Far above what it takes here, far below what anything quadratic takes. */
function within(limitMs: number, work: () => void): void {
  const start = performance.now();
  work();
  const tookMs = performance.now() - start;
  assert.ok(tookMs < limitMs, `took ${Math.round(tookMs)} ms`);
}

function depthOf(part: MessagePart): number {
  return 1 + Math.max(0, ...part.parts.map(depthOf));
}

function countOf(part: MessagePart): number {
  return 1 + part.parts.reduce((sum, child) => sum + countOf(child), 0);
}

test('a letter: envelope, one part, when it was sent', () => {
  const { envelope, structure, sentAtMs, sentZoneMinutes, hasAttachment } = readMessage(
    crlf(
      'From: =?utf-8?Q?J=C3=B6rg?= <j@a.test>\nTo: b@b.test\nDate: Mon, 1 Jan 2024 10:00:00 +0800\nReferences: <1@x> <2@x>\n\nhello\nworld\n',
    ),
  );
  const [from] = envelope.from;
  assert.deepEqual(from, {
    name: 'Jörg',
    rawName: '=?utf-8?Q?J=C3=B6rg?=',
    mailbox: 'j',
    domain: 'a.test',
  });
  assert.equal(envelope.sender, envelope.from, 'RFC 3501 §7.4.2: as From');
  assert.deepEqual(envelope.references, ['<1@x>', '<2@x>']);
  assert.equal(sentAtMs, Date.UTC(2024, 0, 1, 2));
  assert.equal(sentZoneMinutes, 480);
  assert.equal(structure.lines, 2);
  assert.equal(structure.bodyEnd - structure.bodyStart, 14);
  assert.equal(hasAttachment, false);
});

test('lines that end with LF alone are read like others', () => {
  const text = 'Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b\n\ntwo\n--b--\n';
  for (const bytes of [Buffer.from(text), crlf(text)]) {
    const bodies = readMessage(bytes).structure.parts.map((part) =>
      bytes.toString('latin1', part.bodyStart, part.bodyEnd),
    );
    assert.deepEqual(bodies, ['one', 'two']);
  }
});

test('bytes of Chinese mail without a charset are read as what they are', () => {
  const gbk = Buffer.from([0xc4, 0xe3, 0xba, 0xc3, 0xca, 0xc0, 0xbd, 0xe7]);
  const bytes = Buffer.concat([Buffer.from('Subject: '), gbk, Buffer.from('\r\n\r\n')]);
  assert.equal(readMessage(bytes).envelope.subject, '你好世界');
});

test('a paper clip is for attachments, not for pictures in the text or signatures', () => {
  const mixed = (part: string) =>
    readMessage(
      crlf(`Content-Type: multipart/mixed; boundary=b\n\n--b\n\ntext\n--b\n${part}\n\nx\n--b--\n`),
    ).hasAttachment;
  assert.equal(mixed('Content-Type: application/pdf'), true);
  assert.equal(mixed('Content-Disposition: attachment'), true);
  assert.equal(mixed('Content-Type: message/rfc822'), true);
  assert.equal(mixed('Content-Type: text/html'), false);
  assert.equal(mixed('Content-Type: application/pkcs7-signature'), false);
  assert.equal(
    mixed('Content-Type: image/png\nContent-ID: <x>\nContent-Disposition: inline'),
    false,
  );
});

test('a hundred thousand addresses are read in linear time, and no more kept than anybody shows (threats, row 15)', () => {
  const many = 'Some One <someone@example.test>,\r\n '.repeat(100_000);
  within(2000, () => {
    const { envelope } = readMessage(Buffer.from(`To: ${many}\r\n\r\nx`));
    assert.equal(envelope.to.length, addressesMax);
  });
  within(2000, () => {
    readMessage(Buffer.from(`${'To: a@b\r\n'.repeat(100_000)}\r\nx`));
  });
});

test('address fields made to be slow are not (threats, row 16)', () => {
  for (const piece of [
    '(',
    '"',
    '<',
    '"\\',
    'a@',
    '@',
    ':',
    '<@a',
    'a b ',
    ',',
    '[',
    '=?',
    'a:',
    '. ',
  ]) {
    within(3000, () => {
      readMessage(Buffer.from(`From: ${piece.repeat(500_000)}\r\n\r\n`));
    });
  }
});

test('a megabyte of one header is read in linear time (threats, row 14)', () => {
  for (const header of [
    `Subject: ${'x'.repeat(1_000_000)}`,
    `Subject: ${' \r\n '.repeat(250_000)}`,
    `References: ${'<'.repeat(1_000_000)}`,
    `References: ${'<a@b> '.repeat(160_000)}`,
    `Content-Type: text/plain${'; a=b'.repeat(200_000)}`,
    `Content-Type: text/plain; a="${'\\'.repeat(1_000_000)}`,
    `Subject: ${'=?utf-8?Q?'.repeat(100_000)}`,
    `Date: ${'('.repeat(1_000_000)}`,
    'x'.repeat(1_000_000),
    'x:\r\n'.repeat(250_000),
  ]) {
    within(2000, () => readMessage(Buffer.from(`${header}\r\n\r\nbody`)));
  }
});

test('a header of lines without a colon before a long body kept a reader of mail busy for hours', () => {
  const header = 'no colon here\r\n'.repeat(70_000);
  const body = `${'y'.repeat(78)}\r\n`.repeat(100_000);
  const startedMs = performance.now();
  assert.equal(readMessage(Buffer.from(`${header}\r\n${body}`)).envelope.subject, undefined);
  // Looking for the colon through all of the body for each line would be half a terabyte.
  assert.ok(performance.now() - startedMs < 10_000);
});

test('ten thousand multiparts in each other end at a depth nobody needs (threats, row 16)', () => {
  let text = '';
  for (let depth = 0; depth < 10_000; depth += 1)
    text += `Content-Type: multipart/mixed; boundary=b${depth}\r\n\r\n--b${depth}\r\n`;
  within(2000, () => {
    assert.equal(depthOf(readMessage(Buffer.from(text)).structure), depthMax + 1);
  });
  within(2000, () => {
    const messages = 'Content-Type: message/rfc822\r\n\r\n'.repeat(10_000);
    assert.equal(depthOf(readMessage(Buffer.from(messages)).structure), depthMax + 1);
  });
});

test('a hundred thousand parts are ten thousand, and the rest of the last (threats, row 16)', () => {
  const text = `Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\n\r\nx\r\n'.repeat(100_000)}`;
  within(2000, () => {
    const { structure } = readMessage(Buffer.from(text));
    assert.equal(countOf(structure), partsMax);
    assert.equal(structure.parts.at(-1)?.bodyEnd, text.length);
  });
});

test('boundaries that all begin alike cost one walk along the line (threats, row 16)', () => {
  const alike = 'a'.repeat(150);
  let text = '';
  for (let depth = 0; depth < 90; depth += 1)
    text += `Content-Type: multipart/mixed; boundary="${alike}${depth}"\r\n\r\n--${alike}${depth}\r\n`;
  text += `\r\n${`--${alike}x\r\n`.repeat(40_000)}`;
  within(3000, () => readMessage(Buffer.from(text)));
});

test('an empty boundary divides nothing (RFC 2046 §5.1.1)', () => {
  const bytes = crlf('Content-Type: multipart/mixed; boundary=""\n\n--\n\nx\n-- \nname\n');
  const { structure } = readMessage(bytes);
  assert.equal(structure.parts.length, 1, 'RFC 3501 §9: one part at least');
  assert.equal(structure.parts[0]?.bodyStart, structure.bodyEnd);
});

test('whatever the bytes are, parts lie within each other and nothing is thrown', () => {
  const piece = fc.constantFrom(
    'Content-Type: multipart/mixed; boundary=a\r\n',
    'Content-Type: multipart/digest; boundary="a-"\n',
    'Content-Type: message/rfc822\r\n',
    'From: a@b, "c\r\n',
    '\r\n',
    '\n',
    '--a\r\n',
    '--a--',
    '--a-\n',
    ' folded\r\n',
    '\0\u00ff',
    'text',
    '\r',
  );
  const check = (part: MessagePart, start: number, end: number) => {
    assert.ok(part.headerStart >= start && part.bodyStart >= part.headerStart);
    assert.ok(part.bodyEnd >= part.bodyStart && part.bodyEnd <= end);
    assert.ok(part.lines >= 0 && part.lines <= part.bodyEnd - part.bodyStart);
    for (const child of part.parts) check(child, part.bodyStart, part.bodyEnd);
  };
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const bytes = Buffer.from(pieces.join(''), 'latin1');
      check(readMessage(bytes).structure, 0, bytes.length);
    }),
    { numRuns: 2000 },
  );
});
