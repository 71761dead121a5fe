import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SmtpReply } from '@restante/mail-model';
import { ReplyParser } from './reply-parser.ts';

function parsed(...chunks: readonly (string | Buffer)[]) {
  const replies: SmtpReply[] = [];
  const parser = new ReplyParser((reply) => replies.push(reply));
  for (const chunk of chunks) parser.push(Buffer.from(chunk as string));
  return { replies, parser };
}

test('one reply, however it is cut (RFC 5321 §4.2.1)', () => {
  const text = '250-2.1.0 one\r\n250-two\r\n250 2.1.0 three\r\n354\r\n';
  for (let cut = 0; cut <= text.length; cut += 1) {
    const { replies, parser } = parsed(text.slice(0, cut), text.slice(cut));
    assert.deepEqual(replies, [
      { code: 250, enhanced: '2.1.0', text: 'one\ntwo\nthree' },
      { code: 354, enhanced: '', text: '' },
    ]);
    assert.equal(parser.isEmpty, true);
  }
});

test('an enhanced code of another class than the reply is only text (RFC 3463 §2)', () => {
  const { replies } = parsed('550 4.1.1 hm\r\n', '250 2.1 hm\r\n', '550 5.7.1\r\n');
  assert.deepEqual(replies, [
    { code: 550, enhanced: '', text: '4.1.1 hm' },
    { code: 250, enhanced: '', text: '2.1 hm' },
    { code: 550, enhanced: '5.7.1', text: '' },
  ]);
});

test('control characters become "?", UTF-8 stays (RFC 6531 §3.7.4.2)', () => {
  const { replies } = parsed(Buffer.from('550 \x1b[31mred\x00 grün\r\n'));
  assert.equal(replies[0]?.text, '?[31mred? grün');
});

test('nothing that is not a reply is taken for one', () => {
  const wrong = [
    'hello\r\n',
    '99 x\r\n',
    '199 x\r\n',
    '600 x\r\n',
    '2500 x\r\n',
    '250_x\r\n',
    '\r\n',
    '250-a\r\n251 b\r\n',
  ];
  for (const text of [...wrong, 'x'.repeat(5_000), '250-a\r\n'.repeat(200)]) {
    const { replies, parser } = parsed(text, '250 ok\r\n');
    assert.deepEqual(replies, [], text.slice(0, 20));
    assert.match(parser.problem ?? '', /^not an SMTP reply/);
  }
});
