// Archives made by Debian's Python are read, and reports made by us are read by it: other people's zip, gzip, MIME and XML.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { buildComplaint, buildDmarcAggregate, readReport } from '../src/index.ts';
import { googleXml, multiPart } from './samples.ts';

const python = '/usr/bin/python3';
const skip = spawnSync(python, ['--version']).status === 0 ? false : 'python3 is not installed';

function ask(question: unknown): unknown {
  const driver = fileURLToPath(new URL('python-driver.py', import.meta.url));
  const input = JSON.stringify(question);
  const { status, stdout, stderr } = spawnSync(python, [driver], { input, timeout: 60_000 });
  assert.equal(status, 0, stderr.toString());
  return JSON.parse(stdout.toString());
}

interface Understood {
  readonly type: string;
  readonly defects: number;
  readonly fields: Readonly<Record<string, string>>;
  readonly parts: readonly {
    readonly type: string;
    readonly fileName: string | null;
    readonly fields?: Readonly<Record<string, string>>;
    readonly values?: readonly (readonly [string, string])[];
    readonly namespace?: string;
  }[];
}

for (const archive of ['zip', 'zip-stream', 'zip-stored', 'zip-folder', 'zip-comment', 'gzip']) {
  test(`an archive of Python's is read: ${archive}`, { skip }, async () => {
    const bytes = Buffer.from(String(ask({ archive, xml: googleXml() })), 'base64');
    const found = await readReport(multiPart(bytes));
    assert.equal(found.kind, 'report', JSON.stringify(found));
  });
}

test('an aggregate of ours is read by Python (RFC 9990 §3.5.2)', { skip }, async () => {
  const { message, fileName } = await buildDmarcAggregate({
    organization: 'Our & <Mail> "é"',
    email: 'postmaster@our.test',
    submitter: 'mx.our.test',
    to: Array.from({ length: 10 }, (_, at) => `reports-with-a-long-name-${at}@x.test`),
    reportId: '1@mx.our.test',
    domain: 'x.test',
    published: { p: 'reject', adkim: 'r', aspf: 's', isTesting: false, fo: '0' },
    beginMs: 0,
    endMs: 86_399_000,
    atMs: 90_000_000,
    rows: [
      {
        sourceAddress: '2001:db8::1',
        count: 3,
        headerFrom: 'x.test',
        envelopeFrom: ']]><&"',
        disposition: 'pass',
        dkimAligned: true,
        spfAligned: false,
        dkim: [],
      },
    ],
  });
  const read = ask({ message: message.toString('base64') }) as Understood;
  assert.deepEqual([read.type, read.defects], ['multipart/mixed', 0]);
  assert.equal(read.fields['To']?.split(',').length, 10);
  assert.equal(
    read.fields['Subject'],
    'Report Domain: x.test Submitter: mx.our.test Report-ID: <1@mx.our.test>',
  );
  const attached = read.parts[1] ?? assert.fail();
  assert.deepEqual(
    [attached.fileName, attached.namespace],
    [fileName, 'urn:ietf:params:xml:ns:dmarc-2.0'],
  );
  const values = new Map(attached.values);
  assert.equal(values.get('org_name'), 'Our & <Mail> "é"');
  assert.equal(values.get('envelope_from'), ']]><&"');
  assert.equal(values.get('count'), '3');
});

test('a complaint of ours is read by Python (RFC 5965)', { skip }, () => {
  const message = buildComplaint({
    feedbackType: 'abuse',
    from: 'postmaster@our.test',
    to: 'abuse@spam.test',
    hostname: 'mx.our.test',
    messageId: 'c1@mx.our.test',
    atMs: 90_000_000,
    original: {
      header: Buffer.from('From: s@spam.test\r\nSubject: \xe4\r\n\r\n', 'latin1'),
      sourceAddress: '192.0.2.1',
      sender: '',
      arrivedAtMs: 80_000_000,
      domain: 'spam.test',
    },
  });
  const read = ask({ message: message.toString('base64') }) as Understood;
  assert.deepEqual([read.type, read.defects], ['multipart/report', 0]);
  assert.deepEqual(
    read.parts.map(({ type }) => type),
    ['text/plain', 'message/feedback-report', 'text/rfc822-headers'],
  );
  const fields = read.parts[1]?.fields ?? {};
  assert.equal(fields['Feedback-Type'], 'abuse');
  assert.equal(fields['Original-Mail-From'], '<>');
  assert.equal(fields['Source-IP'], '192.0.2.1');
});
