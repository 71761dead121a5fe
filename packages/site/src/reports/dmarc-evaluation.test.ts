import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DmarcJudged } from '@restante/policy';
import { dmarcEvaluation } from './dmarc-evaluation.ts';

function judged(
  dmarc: Partial<DmarcJudged['dmarc']>,
  more: Partial<Omit<DmarcJudged, 'dmarc'>> = {},
): DmarcJudged {
  return {
    clientAddress: '192.0.2.1',
    sender: 'Bounces@Mail.x.test',
    spf: { result: 'pass', identity: 'mailfrom', domain: 'mail.x.test' },
    dkim: [
      {
        result: 'pass',
        domain: 'x.test',
        selector: 's1',
        identity: '@x.test',
        algorithm: 'ed25519-sha256',
        isTesting: false,
        signatureStart: 'abcdefgh',
      },
    ],
    done: 'none',
    hasArc: false,
    ...more,
    dmarc: {
      result: 'fail',
      fromDomain: 'news.x.test',
      policy: 'quarantine',
      alignedBy: [],
      recordAt: 'x.test',
      record: {
        p: 'quarantine',
        adkim: 'r',
        aspf: 'r',
        isTesting: false,
        psd: 'u',
        rua: ['mailto:a@x.test'],
        fo: '0',
      },
      reportTo: ['mailto:a@x.test'],
      ...dmarc,
    },
  };
}

test('who sent, in whose name, and what was found (RFC 9990 §3.1)', () => {
  const row = dmarcEvaluation(judged({ result: 'pass', alignedBy: ['dkim'] }));
  assert.deepEqual(
    [row?.domain, row?.headerFrom, row?.envelopeFrom, row?.sourceAddress],
    ['x.test', 'news.x.test', 'mail.x.test', '192.0.2.1'],
  );
  assert.deepEqual([row?.dkimAligned, row?.spfAligned], [true, false]);
  assert.deepEqual(row?.dkim, [{ domain: 'x.test', selector: 's1', result: 'pass' }]);
  assert.deepEqual(row?.spf, { domain: 'mail.x.test', result: 'pass' });
  assert.equal(dmarcEvaluation(judged({}, { sender: '' }))?.envelopeFrom, '');
});

test('"pass" is for what passes a policy that asks for something (RFC 9990 §3.1.5)', () => {
  const dispositionOf = (policy: 'none' | 'reject') =>
    dmarcEvaluation(judged({ result: 'pass', policy }))?.disposition;
  assert.deepEqual([dispositionOf('reject'), dispositionOf('none')], ['pass', 'none']);
});

test('who does something else than was asked for says why (RFC 9990 §3.1.6, RFC 8617 §7.2.2)', () => {
  const asked = dmarcEvaluation(judged({}, { done: 'quarantine' }));
  assert.deepEqual([asked?.disposition, asked?.override], ['quarantine', undefined]);
  const less = dmarcEvaluation(judged({}));
  assert.deepEqual([less?.disposition, less?.override], ['none', { type: 'local_policy' }]);
  const sealed = dmarcEvaluation(judged({}, { hasArc: true }));
  assert.deepEqual(sealed?.override, { type: 'local_policy', comment: 'arc=pass' });
});

test('a policy that is only tried out says so (RFC 9989 §4.7, t=y)', () => {
  const { record } = judged({}).dmarc;
  assert.ok(record !== undefined);
  const row = dmarcEvaluation(judged({ policy: 'none', record: { ...record, isTesting: true } }));
  assert.deepEqual(row?.override, { type: 'policy_test_mode' });
});
