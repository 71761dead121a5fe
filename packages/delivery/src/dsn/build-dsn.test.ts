import assert from 'node:assert/strict';
import { test } from 'node:test';
import { traitsOf } from '@restante/smtp';
import { buildDsn } from './build-dsn.ts';
import type { DsnRequest } from './dsn-request.ts';

const at = Date.UTC(2026, 10, 22, 15, 4, 5);
const base: DsnRequest = {
  kind: 'failed',
  messageId: 'm01j5x7',
  reportingMta: 'mx.us.test',
  to: 'bo@a.test',
  arrivalMs: at - 3_600_000,
  nowMs: at,
  recipients: [
    {
      address: 'ana@b.test',
      originalRecipient: 'rfc822;anna@old.test',
      reply: { code: 550, enhanced: '5.1.1', text: 'no such user' },
      remoteMta: 'mx.b.test',
      lastAttemptMs: at,
    },
  ],
  originalHeader: Buffer.from('Subject: hello\r\nMessage-ID: <1@a.test>\r\n\r\n'),
};

function textOf(more: Partial<DsnRequest> = {}): string {
  const { bytes } = buildDsn({ ...base, ...more });
  assert.equal(traitsOf(bytes).hasBareNewline, false);
  for (const line of bytes.toString('latin1').split('\r\n'))
    assert.ok(line.length <= 998, 'RFC 5322 §2.1.1');
  return bytes.toString('latin1');
}

test('a report has the null sender and is never reported itself (RFC 3461 §6.1)', () => {
  const { envelope } = buildDsn(base);
  assert.deepEqual(envelope, {
    sender: '',
    recipients: [{ address: 'bo@a.test', notify: ['never'] }],
    body: '7bit',
    smtpUtf8: false,
  });
});

test('header: multipart/report, auto-replied, threaded (RFC 6522 §3, RFC 3834 §5.1)', () => {
  const [header = ''] = textOf().split('\r\n\r\n');
  assert.match(
    header,
    /^From: Mail Delivery System <MAILER-DAEMON@mx\.us\.test>\r\nTo: <bo@a\.test>\r\n/,
  );
  assert.match(header, /\r\nAuto-Submitted: auto-replied\r\n/);
  assert.match(
    header,
    /\r\nContent-Type: multipart\/report; report-type=delivery-status;\r\n\tboundary="=_m01j5x7"$/,
  );
  assert.match(header, /\r\nDate: Sun, 22 Nov 2026 15:04:05 \+0000\r\n/);
  assert.match(header, /\r\nIn-Reply-To: <1@a\.test>\r\n/);
});

test('machine part: the fields of RFC 3464 §2.2 and §2.3', () => {
  assert.ok(
    textOf({ envelopeId: 'QQ1' }).includes(
      [
        'Content-Type: message/delivery-status',
        '',
        'Original-Envelope-Id: QQ1',
        'Reporting-MTA: dns; mx.us.test',
        'Arrival-Date: Sun, 22 Nov 2026 14:04:05 +0000',
        '',
        'Original-Recipient: rfc822; anna@old.test',
        'Final-Recipient: rfc822; ana@b.test',
        'Action: failed',
        'Status: 5.1.1',
        'Remote-MTA: dns; mx.b.test',
        'Diagnostic-Code: smtp; 550 5.1.1 no such user',
        'Last-Attempt-Date: Sun, 22 Nov 2026 15:04:05 +0000',
        '',
        '--=_m01j5x7',
      ].join('\r\n'),
    ),
  );
});

test('a delay says until when we try; giving up after temporary answers is 5.4.7 (RFC 3463 §3.5)', () => {
  const [first] = base.recipients;
  assert.ok(first !== undefined);
  const reply = { code: 451, enhanced: '4.4.1', text: 'nobody there' };
  const waiting = { ...first, reply, willRetryUntilMs: at + 86_400_000 };
  const delayed = textOf({ kind: 'delayed', recipients: [waiting] });
  assert.match(delayed, /\r\nAction: delayed\r\nStatus: 4\.4\.1\r\n/);
  assert.match(delayed, /\r\nWill-Retry-Until: Mon, 23 Nov 2026 15:04:05 \+0000\r\n/);
  assert.match(textOf({ recipients: [waiting] }), /\r\nAction: failed\r\nStatus: 5\.4\.7\r\n/);
});

test('the header comes back encoded; the whole message only as it was', () => {
  const header = Buffer.from(
    `Subject: gr\xfcn\r\nX: --=_m01j5x7\r\nY: ${'y'.repeat(3_000)}\r\n\r\nbody`,
    'latin1',
  );
  const text = textOf({ originalHeader: header });
  assert.match(text, /Content-Type: text\/rfc822-headers\r\n/);
  assert.match(text, /\r\nSubject: gr=FCn\r\nX: --=3D_m01j5x7\r\n/);
  assert.equal(text.split('--=_m01j5x7').length, 5);
  assert.doesNotMatch(text, /\r\nbody/);

  const originalMessage = Buffer.from('Subject: x\r\n\r\ngr\xfcn\r\n', 'latin1');
  const full = buildDsn({ ...base, originalMessage });
  assert.equal(full.envelope.body, '8bitmime');
  assert.ok(full.bytes.includes(originalMessage));
});

test('nothing a stranger said becomes a field, a part or a control character', () => {
  const [first] = base.recipients;
  assert.ok(first !== undefined);
  const evil = 'x\r\nBcc: all@b.test\r\n\r\n--=_m01j5x7--\u001b[2J ü 中';
  const text = textOf({
    to: 'a\r\nBcc: x@y.test',
    envelopeId: evil,
    recipients: [
      {
        ...first,
        address: evil,
        originalRecipient: evil,
        remoteMta: evil,
        reply: { code: 550, enhanced: '', text: evil },
      },
    ],
    originalHeader: Buffer.from('Message-ID: <a@b>\r\n x: y\r\n\r\n'),
  });
  assert.doesNotMatch(text, /^Bcc:/m);
  assert.equal(text.split('\r\n--=_m01j5x7').length, 5);
  assert.doesNotMatch(text, /[\x00-\x08\x0b\x0c\x0e-\x1f]/);
});

test('addresses beyond ASCII are written in the utf-8 type (RFC 6533 §3)', () => {
  const [first] = base.recipients;
  assert.ok(first !== undefined);
  const text = textOf({ recipients: [{ ...first, address: 'jörg@b.test' }] });
  assert.match(text, /\r\nFinal-Recipient: utf-8; j\\x\{F6\}rg@b\.test\r\n/);
  assert.equal(buildDsn({ ...base, to: 'jörg@b.test' }).envelope.smtpUtf8, true);
});

test('the same request makes the same bytes, for every kind', () => {
  for (const kind of ['failed', 'delayed', 'delivered', 'relayed'] as const) {
    assert.deepEqual(buildDsn({ ...base, kind }), buildDsn({ ...base, kind }));
    // "邮件" in quoted-printable: every report has its Chinese paragraph.
    assert.match(textOf({ kind }).replaceAll('=\r\n', ''), /=E9=82=AE=E4=BB=B6/);
  }
});
