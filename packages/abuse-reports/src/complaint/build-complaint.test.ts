import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readMessage } from '@restante/mime';
import { readReport } from '../read-report.ts';
import { buildComplaint } from './build-complaint.ts';
import type { ComplaintToWrite, OriginalMail } from './build-complaint.ts';

const original: OriginalMail = {
  header: Buffer.from(
    'From: Spam <s@spam.test>\r\nMessage-ID: <x@spam.test>\r\nSubject: buy\r\n\r\nBody.\r\n',
  ),
  sourceAddress: '2001:db8::9',
  sender: 's@spam.test',
  arrivedAtMs: Date.UTC(2026, 10, 19, 8),
  domain: 'spam.test',
  authenticationResults: 'mx.our.test; spf=pass smtp.mailfrom=s@spam.test',
};
const whole: ComplaintToWrite = {
  feedbackType: 'abuse',
  from: 'postmaster@our.test',
  to: 'abuse@spam.test',
  hostname: 'mx.our.test',
  messageId: 'c1@mx.our.test',
  atMs: Date.UTC(2026, 10, 19, 9),
  original,
};

test('a complaint of ours is one that we would read (RFC 5965 §2, §3)', async () => {
  assert.deepEqual(await readReport(buildComplaint(whole)), {
    kind: 'report',
    report: {
      kind: 'complaint',
      feedbackType: 'abuse',
      userAgent: 'Restante/1',
      sourceAddress: '2001:db8::9',
      originalSender: 's@spam.test',
      originalRecipients: [],
      originalMessageId: '<x@spam.test>',
      arrivedAt: '2026-11-19T08:00:00.000Z',
      reportedDomain: 'spam.test',
      incidents: 1,
    },
  });
});

test('only the header goes along, and no recipient unless one is named', () => {
  const text = buildComplaint(whole).toString();
  assert.doesNotMatch(text, /Body\.|Original-Rcpt-To/);
  const named = buildComplaint({ ...whole, original: { ...original, recipient: 'ana@our.test' } });
  assert.match(named.toString(), /^Original-Rcpt-To: <ana@our\.test>\r$/m);
});

test('the same complaint is the same message', () => {
  assert.ok(buildComplaint(whole).equals(buildComplaint(whole)));
});

test('nothing of the message becomes a field or a part of ours, whatever is in it', () => {
  const evil = 'x\r\nBcc: b@evil.test\r\n\r\n--=_\r\n';
  const built = buildComplaint({
    ...whole,
    original: {
      ...original,
      header: Buffer.from(
        `X: --=_0\nSubject: ${'ä'.repeat(3000)}\r\rY: \0=\r\n \r\n--b\r\n`,
        'latin1',
      ),
      sender: evil,
      domain: evil,
      sourceAddress: evil,
      authenticationResults: evil,
    },
  });
  const text = built.toString('latin1');
  assert.match(text, /^[\t\r\n\x20-\x7e]*$/);
  assert.doesNotMatch(text, /(^|[^\r])\n|\r(?!\n)/);
  assert.ok(text.split('\r\n').every((line) => line.length <= 998));
  const { structure } = readMessage(built);
  assert.deepEqual(
    structure.parts.map(({ type, subtype }) => `${type}/${subtype}`),
    ['text/plain', 'message/feedback-report', 'text/rfc822-headers'],
  );
  assert.doesNotMatch(text, /^Bcc:/m);
});
