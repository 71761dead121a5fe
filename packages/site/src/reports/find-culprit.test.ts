import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatAuthenticationResults } from '@restante/sender-auth';
import { findCulprit } from './find-culprit.ts';

const names = {
  hostname: 'mx.home.test',
  hostnames: new Set(['mx.home.test', 'mx.backup.test']),
};
const mailbox = 'Return-Path: <a@x.test>\r\nDelivered-To: ana@home.test\r\n';
const theirs =
  'Received: from inner.x.test by mail.x.test; Sun, 22 Nov 2026 11:00:00 +0000\r\nFrom: a@x.test\r\nSubject: offer\r\n\r\n';

function trace({
  from = 'mail.x.test',
  by = 'mx.home.test',
  protocol = 'ESMTPS',
}: { readonly from?: string; readonly by?: string; readonly protocol?: string } = {}): string {
  return `Received: from ${from} ([192.0.2.7])\r\n\tby ${by} with ${protocol} (TLSv1.3 X) id m1\r\n\tfor <ana@home.test>; Sun, 22 Nov 2026 12:00:00 +0000\r\n`;
}

function results(
  authservId = 'mx.home.test',
  { dmarc = 'pass', dkim = 'pass' }: { readonly dmarc?: string; readonly dkim?: string } = {},
): string {
  return formatAuthenticationResults({
    authservId,
    methods: [
      { method: 'iprev', result: 'pass', properties: [['policy.iprev', '192.0.2.7']] },
      { method: 'spf', result: 'pass', properties: [['smtp.mailfrom', 'a@x.test']] },
      { method: 'dkim', result: dkim, properties: [['header.d', 'Signer.test']] },
      { method: 'dmarc', result: dmarc, properties: [['header.from', 'x.test']] },
    ],
  });
}

const find = (text: string) => findCulprit(Buffer.from(text), names);

test('whoever passed DMARC is responsible, else whoever signed, else nobody (RFC 6650)', () => {
  const spam = 'X-Spam-Status: no, points=1\r\n\tchecks=spf\r\n';
  const found = find(`${mailbox}${results()}${spam}${trace()}${theirs}`);
  assert.deepEqual(
    [found?.domain, found?.sourceAddress, found?.sender, found?.arrivedAtMs],
    ['x.test', '192.0.2.7', 'a@x.test', Date.UTC(2026, 10, 22, 12)],
  );
  const { dmarc } = { dmarc: 'fail' };
  assert.equal(
    find(`${mailbox}${results(undefined, { dmarc })}${trace()}${theirs}`)?.domain,
    'signer.test',
  );
  const nobody = results(undefined, { dmarc, dkim: 'fail' });
  assert.equal(find(`${mailbox}${nobody}${trace()}${theirs}`), undefined);
});

test('neither mailbox nor verdict of ours goes along', () => {
  const text = find(`${mailbox}${results()}${trace()}${theirs}`)?.header.toString() ?? '';
  assert.match(text, /^Received: from mail\.x\.test /);
  assert.doesNotMatch(text, /Delivered-To|Authentication-Results/);
});

test('what another site of ours found counts, below our trace of it', () => {
  const hop = trace({ from: 'mx.backup.test' });
  const judged = `${results('mx.backup.test')}${trace({ by: 'mx.backup.test' })}`;
  assert.equal(find(`${mailbox}${hop}${judged}${theirs}`)?.domain, 'x.test');
  assert.equal(find(`${mailbox}${judged}${theirs}`), undefined, 'without the hop');
});

test('results that our site did not put there prove nothing (RFC 8601 §5)', () => {
  const forged: Readonly<Record<string, string>> = {
    'of a stranger, by himself': `${results('mail.x.test')}${trace()}`,
    'in a letter of our own people': `${trace({ from: 'mx.home.test', protocol: 'ESMTPSA' })}${results()}${trace()}`,
    'in one that claims to come from the other site': `${trace({ from: 'mx.backup.test', protocol: 'ESMTPSA' })}${results('mx.backup.test')}${trace({ by: 'mx.backup.test' })}`,
    'below the trace of a stranger who was not judged': `${trace()}${results()}${trace()}`,
    'without our trace below': results(),
  };
  for (const [what, fields] of Object.entries(forged))
    assert.equal(find(`${mailbox}${fields}${theirs}`), undefined, what);
  for (const text of [
    '',
    '\r\n',
    mailbox,
    'Authentication-Results:',
    `${mailbox}${'a: b\r\n'.repeat(9)}`,
  ])
    assert.equal(find(text), undefined);
});
