import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Envelope, NotifyOn } from '@restante/mail-model';
import { shouldReport } from './should-report.ts';
import type { ReportQuestion } from './should-report.ts';

function answer(
  more: Partial<ReportQuestion> = {},
  notify?: readonly NotifyOn[],
  sender = 'bo@a.test',
): string {
  const recipient =
    notify === undefined ? { address: 'ana@b.test' } : { address: 'ana@b.test', notify };
  const envelope: Envelope = { sender, recipients: [recipient], body: '7bit', smtpUtf8: false };
  return shouldReport({ kind: 'failed', envelope, header: 'Subject: x\r\n', ...more }).kind;
}

test('without NOTIFY failures and delays are reported, successes are not (RFC 3461 §4.1)', () => {
  assert.deepEqual(
    [answer(), answer({ kind: 'delayed' }), answer({ kind: 'delivered' })],
    ['yes', 'yes', 'no'],
  );
});

test('NOTIFY is obeyed (RFC 3461 §4.1)', () => {
  assert.equal(answer({}, ['never']), 'no');
  assert.equal(answer({}, ['success', 'delay']), 'no');
  assert.equal(answer({}, ['failure']), 'yes');
  assert.equal(answer({ kind: 'delayed' }, ['failure']), 'no');
  assert.equal(answer({ kind: 'relayed' }, ['success']), 'yes');
});

test('never to the null sender (RFC 5321 §6.1)', () => {
  assert.equal(answer({}, ['failure'], ''), 'no');
});

test('never for machines and lists (RFC 3834 §2, RFC 2919)', () => {
  const withheld = [
    'Auto-Submitted: auto-replied',
    'AUTO-SUBMITTED : auto-generated (x)',
    'Precedence: bulk',
    'Precedence:\r\n list',
    'List-Id: <x.test>',
  ];
  for (const line of withheld)
    assert.equal(answer({ header: `A: b\r\n${line}\r\nC: d\r\n\r\n` }), 'no', line);
  const fine = [
    'Auto-Submitted: no',
    'Precedence: first-class',
    'X-List-Id: x',
    'Subject: x\r\n List-Id: y',
    'X: y\r\n\r\nList-Id: z',
  ];
  for (const line of fine) assert.equal(answer({ header: `${line}\r\n` }), 'yes', line);
});

test('who looked forged at the edge is not told anything (law 4)', () => {
  const reasons = [{ check: 'spf', detail: 'fail' }];
  assert.equal(answer({ verdict: { action: 'tag', reasons } }), 'no');
  assert.equal(answer({ verdict: { action: 'accept', reasons } }), 'yes');
});
