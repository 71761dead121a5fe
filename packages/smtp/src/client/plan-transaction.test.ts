import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Envelope } from '@restante/mail-model';
import { traitsOf } from './body-traits.ts';
import { planTransaction } from './plan-transaction.ts';
import type { PlanInput } from './plan-transaction.ts';

const everything = [
  'SIZE',
  '8BITMIME',
  'SMTPUTF8',
  'DSN',
  'CHUNKING',
  'BINARYMIME',
  'REQUIRETLS',
  'PIPELINING',
];

interface Given {
  readonly offered?: readonly string[];
  readonly body?: string;
  readonly envelope?: Partial<Envelope>;
  readonly parameters?: ReadonlyMap<string, string>;
  readonly more?: Partial<PlanInput>;
}

function plan({
  offered = everything,
  body = 'Subject: x\r\n\r\nx\r\n',
  envelope,
  parameters,
  more,
}: Given) {
  const bytes = Buffer.from(body, 'latin1');
  const full: Envelope = {
    sender: 'bo@a.test',
    recipients: [{ address: 'ana@b.test' }],
    body: '7bit',
    smtpUtf8: false,
    ...envelope,
  };
  return planTransaction({
    transaction: {
      envelope: full,
      body: { kind: 'bytes', bytes },
      ...(parameters === undefined ? {} : { mailParameters: parameters }),
    },
    recipients: full.recipients,
    traits: traitsOf(bytes),
    sizeBytes: bytes.length,
    headerIsAscii: true,
    capabilities: new Map(
      offered.map((keyword) => [keyword.split(' ')[0]!, keyword.split(' ')[1] ?? '']),
    ),
    protocol: 'smtp',
    isTlsVerified: true,
    ...more,
  });
}

function mailLine(given: Given): string {
  const planned = plan(given);
  return planned.kind === 'send' ? planned.mail.trimEnd() : planned.reply.enhanced;
}

test('parameters are sent only when their keyword was offered (RFC 5321 §4.1.1.11)', () => {
  const parameters = new Map([['XRESTANTE', 'abc123']]);
  const envelope = { dsnReturn: 'headers', envelopeId: 'a b+c' } as const;
  assert.equal(mailLine({ offered: [], envelope, parameters }), 'MAIL FROM:<bo@a.test>');
  assert.equal(
    mailLine({ offered: ['SIZE 1000', 'DSN', 'XRESTANTE'], envelope, parameters }),
    'MAIL FROM:<bo@a.test> SIZE=17 RET=HDRS ENVID=a+20b+2Bc XRESTANTE=abc123',
  );
  assert.equal(mailLine({ envelope: { sender: '' } }), 'MAIL FROM:<> SIZE=17');
});

test('each recipient has NOTIFY and ORCPT of his own (RFC 3461 §4.1 and §4.2)', () => {
  const recipients = [
    { address: 'a@b.test', notify: ['success', 'delay'], originalRecipient: 'rfc822;a+x@b.test' },
    { address: 'c@b.test', notify: ['never'] },
    { address: 'd@b.test' },
  ] as const;
  const planned = plan({ envelope: { recipients } });
  assert.deepEqual(planned.kind === 'send' && planned.rcpts, [
    'RCPT TO:<a@b.test> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;a+2Bx@b.test\r\n',
    'RCPT TO:<c@b.test> NOTIFY=NEVER\r\n',
    'RCPT TO:<d@b.test>\r\n',
  ]);
  const plain = plan({ envelope: { recipients }, offered: [] });
  assert.equal(plain.kind === 'send' && plain.rcpts[0], 'RCPT TO:<a@b.test>\r\n');
});

test('8-bit content goes only to who offered 8BITMIME (RFC 6152 §3)', () => {
  const body = 'Subject: x\r\n\r\n\xe9\r\n';
  assert.match(mailLine({ body }), / BODY=8BITMIME/);
  assert.equal(mailLine({ body, offered: ['SIZE'] }), '5.6.3');
});

test('binary content needs CHUNKING and BINARYMIME, and goes as it is (RFC 3030 §3)', () => {
  const envelope = { body: 'binarymime' } as const;
  const body = 'Subject: x\r\n\r\n\n\r\0';
  assert.match(mailLine({ body, envelope }), / BODY=BINARYMIME$/);
  assert.equal(mailLine({ body, envelope, offered: ['BINARYMIME'] }), '5.6.3');
  assert.equal(mailLine({ body, envelope, more: { protocol: 'lmtp' } }), '5.6.3');
});

test('a bare CR or LF is not relayed, so nobody is smuggled through us', () => {
  for (const body of ['a\n.\r\nMAIL', 'a\r\n.\nMAIL', 'a\rb\r\n'])
    assert.equal(mailLine({ body }), '5.6.0');
});

test('SMTPUTF8 is asked for addresses and 8-bit headers, and never dropped silently (RFC 6531 §3.2)', () => {
  const recipients = [{ address: 'jörg@b.test' }];
  assert.match(mailLine({ envelope: { recipients } }), / SMTPUTF8/);
  assert.equal(mailLine({ envelope: { recipients }, offered: ['8BITMIME'] }), '5.6.7');
  const body = 'Subject: \xc3\xa9\r\n\r\n';
  const more = { headerIsAscii: false };
  assert.equal(
    mailLine({ body, more, envelope: { smtpUtf8: true }, offered: ['8BITMIME'] }),
    '5.6.7',
  );
  assert.equal(mailLine({ envelope: { smtpUtf8: true }, offered: [] }), 'MAIL FROM:<bo@a.test>');
});

test('REQUIRETLS goes only over verified TLS to who promises it too (RFC 8689 §4.2.1)', () => {
  const envelope = { requireTls: true };
  assert.match(mailLine({ envelope }), / REQUIRETLS$/);
  assert.equal(mailLine({ envelope, offered: [] }), '5.7.30');
  assert.equal(mailLine({ envelope, more: { isTlsVerified: false } }), '5.7.30');
});

test('what is larger than the announced SIZE is not begun (RFC 1870 §6.1)', () => {
  assert.equal(mailLine({ offered: ['SIZE 16'] }), '5.3.4');
  assert.match(mailLine({ offered: ['SIZE 17'] }), /SIZE=17/);
  assert.match(mailLine({ offered: ['SIZE 0'] }), /SIZE=17/);
});

test('nobody writes a second command through an address or a parameter', () => {
  assert.equal(mailLine({ envelope: { sender: 'a@b.test>\r\nRCPT TO:<c@d.test' } }), '5.1.7');
  assert.equal(mailLine({ envelope: { recipients: [{ address: 'a b@c.test' }] } }), '5.1.3');
  assert.equal(mailLine({ envelope: { recipients: [{ address: '' }] } }), '5.1.3');
  assert.match(mailLine({ envelope: { recipients: [{ address: '"a b"@c.test' }] } }), /^MAIL/);
  const parameters = new Map([['DSN', 'x\r\nRSET']]);
  assert.doesNotMatch(mailLine({ parameters }), /DSN=/);
});
