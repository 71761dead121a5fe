import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { decodedBody, readMessage } from '@restante/mime';
import { readReport } from '../read-report.ts';
import { buildDmarcAggregate } from './build-aggregate.ts';
import type { AggregateToWrite } from './build-aggregate.ts';
import type { CountedRow } from './evaluated.ts';

const row: CountedRow = {
  sourceAddress: '192.0.2.1',
  count: 7,
  headerFrom: 'mail.x.test',
  envelopeFrom: 'x.test',
  disposition: 'reject',
  dkimAligned: false,
  spfAligned: true,
  override: { type: 'mailing_list', comment: 'a <list> & more' },
  dkim: [{ domain: 'x.test', selector: 's1', result: 'fail' }],
  spf: { domain: 'x.test', result: 'pass' },
};
const report: AggregateToWrite = {
  organization: 'Our & <Mail>',
  email: 'postmaster@our.test',
  submitter: 'mx.our.test',
  to: ['a@x.test', 'b@y.test'],
  reportId: '20261119.x.test@mx.our.test',
  domain: 'x.test',
  published: { p: 'reject', np: 'none', adkim: 'r', aspf: 's', isTesting: false, fo: '0' },
  beginMs: Date.UTC(2026, 10, 19),
  endMs: Date.UTC(2026, 10, 20) - 1000,
  rows: [row],
  atMs: Date.UTC(2026, 10, 20, 1),
};

test('an aggregate of ours is one that we would read (RFC 9990 §3.1)', async () => {
  const { message } = await buildDmarcAggregate(report);
  assert.deepEqual(await readReport(message), {
    kind: 'report',
    report: {
      kind: 'dmarc-aggregate',
      reporter: 'Our & <Mail>',
      reportId: '20261119.x.test@mx.our.test',
      domain: 'x.test',
      beginMs: report.beginMs,
      endMs: report.endMs,
      rows: [
        {
          sourceAddress: '192.0.2.1',
          count: 7,
          disposition: 'reject',
          dkim: 'fail',
          spf: 'pass',
          headerFrom: 'mail.x.test',
        },
      ],
      rowsSkipped: 0,
    },
  });
});

test('subject, file name and type are those that are expected (RFC 9990 §3.5.2)', async () => {
  const { message, fileName, xml } = await buildDmarcAggregate(report);
  assert.equal(fileName, 'mx.our.test!x.test!1795046400!1795132799.xml.gz');
  const { envelope, structure } = readMessage(message);
  assert.equal(
    envelope.subject?.replaceAll(/\s+/g, ' '),
    'Report Domain: x.test Submitter: mx.our.test Report-ID: <20261119.x.test@mx.our.test>',
  );
  const attached = structure.parts[1] ?? assert.fail();
  assert.equal(`${attached.type}/${attached.subtype}`, 'application/gzip');
  assert.equal(attached.disposition?.parameters.get('filename'), fileName);
  assert.equal(gunzipSync(decodedBody(message, attached) ?? '').toString(), xml);
  assert.ok(
    message
      .toString('latin1')
      .split('\r\n')
      .every((line) => line.length <= 998),
  );
});

test('elements stand in the order of the schema (RFC 9990 §3.1.1, appendix A)', async () => {
  const { xml } = await buildDmarcAggregate({ ...report, remark: 'some left out' });
  const names = [...xml.matchAll(/<([a-z_]+)[ >]/g)].map(([, name]) => name);
  const wanted = `feedback version report_metadata org_name email report_id date_range begin end error generator
    policy_published domain discovery_method p np fo adkim aspf testing
    record row source_ip count policy_evaluated disposition dkim spf reason type comment
    identifiers header_from envelope_from
    auth_results dkim domain selector result spf domain scope result`;
  assert.deepEqual(names, wanted.split(/\s+/));
});

test('what strangers said stays inside its element (XML 1.0 §2.4)', async () => {
  const evil = '</header_from><x a="1">&lt;]]>\u0000\u001b\ud800';
  const { xml } = await buildDmarcAggregate({
    ...report,
    rows: [
      {
        ...row,
        headerFrom: evil,
        envelopeFrom: evil,
        dkim: [{ domain: evil, selector: evil, result: 'fail' }],
      },
    ],
  });
  assert.doesNotMatch(xml, /<x|[\u0000-\u0008\u000b-\u001f]/);
  assert.ok(xml.isWellFormed());
});
