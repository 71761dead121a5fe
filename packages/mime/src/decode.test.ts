import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeWords } from './encoded-words.ts';
import { encodePhrase, encodeText, fieldLine, formatMailbox } from './encode-text.ts';
import { htmlText } from './html-text.ts';
import { parameterText, parseParameters } from './parameters.ts';
import { decodeTransfer, transferDecoder } from './transfer-encoding.ts';

test('encoded words become text, those beside each other without the space (RFC 2047 §6.2)', () => {
  assert.equal(decodeWords('=?iso-8859-1?q?J=F6rg_M?= x'), 'Jörg M x');
  assert.equal(decodeWords('a =?utf-8?B?w7Y=?= =?utf-8?B?w7Y=?= b'), 'a öö b');
  assert.equal(decodeWords('=?gb2312?B?xOO6ww==?='), '你好');
  assert.equal(decodeWords('=?iso-2022-jp?B?GyRCRnxLXBsoQg==?='), '日本');
  assert.equal(decodeWords('=?utf-8*en?q?x?='), 'x', 'RFC 2231 §5');
  assert.equal(
    decodeWords('=?utf-8?B?5L2g5aU=?= =?utf-8?B?vQ==?='),
    '你好',
    'a character cut in two',
  );
  for (const broken of ['=?utf-8?Q?x', '=?utf-8?Z?x?=', '=??Q?x?=', '=?a b?Q?x?=', '=?'])
    assert.equal(decodeWords(broken), broken);
});

test('what we encode, everybody decodes, in words of at most 75 characters (RFC 2047 §2)', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
      const clean = text
        .replaceAll(/[\u0000-\u001f\u007f\u0085\u2028\u2029]+/g, ' ')
        .toWellFormed();
      const encoded = encodeText(text.toWellFormed());
      assert.equal(decodeWords(encoded), clean);
      assert.match(encoded, /^[\x20-\x7e]*$/);
      if (encoded !== clean) for (const word of encoded.split(' ')) assert.ok(word.length <= 75);
    }),
  );
});

test('no text makes a second header field or recipient (threats, row 10)', () => {
  assert.equal(fieldLine('Subject', 'a\r\nBcc: x@y\n\nbody\0'), 'Subject: a Bcc: x@y body\r\n');
  assert.equal(
    formatMailbox({ name: 'a"\r\nTo: <x@y>', address: 'a@b' }),
    '"a\\" To: <x@y>" <a@b>',
  );
  assert.equal(formatMailbox({ address: 'a@b>\r\n, <c@d' }), '<a@b,c@d>');
  assert.equal(encodePhrase('Ana B'), 'Ana B');
  assert.throws(() => fieldLine('X\r\nY', 'x'), RangeError);
  const folded = fieldLine('To', 'someone@example.test, '.repeat(20).trim());
  for (const line of folded.split('\r\n')) assert.ok(line.length <= 78, 'RFC 5322 §2.1.1');
});

test('parameters: continued, encoded, unquoted, twice (RFC 2231 §3, §4)', () => {
  const text = (field: string, name: string) =>
    parameterText(parseParameters(field).parameters, name);
  assert.equal(text(`x; filename*=utf-8''%e2%82%ac%20.txt`, 'filename'), '€ .txt');
  assert.equal(
    text(`x; name*0*=gb2312''%C4%E3; name*1*=%BA%C3; name*2=".txt"`, 'name'),
    '你好.txt',
  );
  assert.equal(text('x; name="=?utf-8?Q?=C3=B6?="', 'name'), 'ö');
  assert.equal(text('x; NAME = a b.txt ; charset="utf-8" (c)', 'name'), 'a b.txt');
  assert.equal(text('x; a=1; a=2', 'a'), '1');
  assert.equal(text('x', 'name'), undefined);
});

test('quoted-printable and base64 are decoded the same in one piece and in many (RFC 2045 §6)', () => {
  assert.equal(
    decodeTransfer(Buffer.from('a=20b =\r\nc=3d=\nd  \r\ne=zz='), 'quoted-printable').toString(),
    'a b c=d\r\ne=zz',
  );
  assert.equal(
    decodeTransfer(Buffer.from('aGVs\r\nbG8=\r\nIHg=!'), 'base64').toString(),
    'hello x',
  );
  const source = fc.array(fc.constantFrom('=', '=3D', '=\r\n', ' ', '\r\n', 'a', 'QUJD', '=='), {
    maxLength: 60,
  });
  fc.assert(
    fc.property(source, fc.integer({ min: 1, max: 9 }), (pieces, size) => {
      const bytes = Buffer.from(pieces.join(''));
      for (const encoding of ['base64', 'quoted-printable'] as const) {
        const decoder = transferDecoder(encoding);
        const parts: Buffer[] = [];
        for (let at = 0; at < bytes.length; at += size)
          parts.push(decoder.write(bytes.subarray(at, at + size)));
        const streamed = Buffer.concat([...parts, decoder.end()]);
        assert.equal(streamed.toString(), decodeTransfer(bytes, encoding).toString());
      }
    }),
  );
});

test('of HTML the text is read, never scripts and styles; linear whatever it is', () => {
  const text = (html: string) => htmlText(html).replaceAll(/\s+/g, ' ').trim();
  assert.equal(
    text('<p>Hello <b>W</b>orld&nbsp;&amp; &auml;&#x4f60;</p><p>next</p>'),
    'Hello World & ä你 next',
  );
  assert.equal(text('<style>a{}</style><script>if (a<b) x("</p>")</script>y<!-- z > -->'), 'y');
  assert.equal(text('<head><title>t</title></head>a < b <a title="x>y">c</a>'), 'a < b c');
  for (const piece of ['<', '<a ', '<!--', '&', '<script>', '</', '<a b="', '&#', '<p>'])
    assert.ok(htmlText(piece.repeat(200_000)).length <= 400_001);
});
