import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import {
  beginSeconds,
  complaint,
  googleXml,
  gzipped,
  microsoftXml,
  multiPart,
  newXml,
  originalPart,
  row,
  singlePart,
  yahooFields,
  zipped,
} from '../test/samples.ts';
import { readReport } from './read-report.ts';
import type { Complaint, DmarcAggregate } from './reports.ts';

async function read(message: Buffer) {
  const found = await readReport(message);
  return found.kind === 'report' ? found.report : found;
}

async function aggregate(xml: string): Promise<DmarcAggregate> {
  const found = await read(multiPart(gzipped(xml)));
  assert.equal(found.kind, 'dmarc-aggregate', JSON.stringify(found));
  return found.kind === 'dmarc-aggregate' ? found : assert.fail();
}

async function complained(message: Buffer): Promise<Complaint> {
  const found = await read(message);
  assert.equal(found.kind, 'complaint', JSON.stringify(found));
  return found.kind === 'complaint' ? found : assert.fail();
}

test('a complaint is read field by field (RFC 5965 §3)', async () => {
  assert.deepEqual(await read(complaint()), {
    kind: 'complaint',
    feedbackType: 'abuse',
    userAgent: 'Yahoo!-Mail-Feedback/2.0',
    sourceAddress: '192.0.2.7',
    originalSender: 'ana@our.test',
    originalRecipients: ['somebody@yahoo.example'],
    originalMessageId: '<m1@our.test>',
    arrivedAt: '2026-11-19T16:00:00.000Z',
    reportedDomain: 'our.test',
    incidents: 1,
  });
});

test('sloppy complaints are read as well', async () => {
  const one = async (shape: Parameters<typeof complaint>[0]) => complained(complaint(shape));
  for (const contentType of ['multipart/report; boundary=b1', 'multipart/mixed; boundary=b1'])
    assert.equal((await one({ contentType })).feedbackType, 'abuse');
  const fields = [
    '',
    'feedback-type:FRAUD (phishing)',
    'Incidents: 12',
    'Source-IP: [IPv6:2001:DB8::1]',
  ];
  const loose = await one({ fields, third: '' });
  assert.deepEqual(
    [loose.feedbackType, loose.incidents, loose.sourceAddress, loose.originalMessageId],
    ['fraud', 12, '2001:db8::1', undefined],
  );
  const encoded = await one({
    partHeader: 'Content-Type: message/feedback-report\r\nContent-Transfer-Encoding: base64\r\n',
    fields: [Buffer.from(yahooFields.join('\r\n')).toString('base64')],
  });
  assert.equal(encoded.originalSender, 'ana@our.test');
  const headersOnly =
    'Content-Type: text/rfc822-headers\r\n\r\nMessage-ID: <h@our.test>\r\nFrom: x\r\n';
  assert.equal((await one({ third: headersOnly })).originalMessageId, '<h@our.test>');
});

test('types nobody knows are "other", those of later RFCs are kept (RFC 5965 §3.1, RFC 6430, RFC 6591)', async () => {
  const typed = async (type: string) =>
    (await complained(complaint({ fields: [`Feedback-Type: ${type}`] }))).feedbackType;
  assert.equal(await typed('not-spam'), 'not-spam');
  assert.equal(await typed('auth-failure'), 'auth-failure');
  assert.equal(await typed('opt-out'), 'other');
  assert.equal(await typed('"><script>'), 'other');
});

test('what a complaint says is taken for its form, not for its word', async () => {
  const found = await complained(
    complaint({
      fields: [
        'Feedback-Type: abuse',
        'User-Agent: a\u0007b\u202e',
        'Source-IP: 999.1.1.1',
        'Original-Mail-From: not an address',
        'Reported-Domain: ../../etc',
        'Arrival-Date: soon',
        'Incidents: -5',
      ],
    }),
  );
  assert.deepEqual(found, {
    kind: 'complaint',
    feedbackType: 'abuse',
    userAgent: 'a b',
    originalRecipients: [],
    originalMessageId: '<m1@our.test>',
    incidents: 1,
  });
});

test('a complaint that cannot be read is unreadable, not an ordinary message (RFC 5965 §2)', async () => {
  assert.equal((await read(complaint({ fields: ['User-Agent: x'] }))).kind, 'unreadable');
  assert.equal(
    (await read(complaint({ partHeader: 'Content-Type: text/plain\r\n' }))).kind,
    'unreadable',
  );
});

test('an ordinary message is none, with or without attachments', async () => {
  for (const message of [
    Buffer.from('From: a@b.test\r\nSubject: hi\r\n\r\nhello\r\n'),
    Buffer.from(''),
    singlePart(zipped('<html/>'), { subject: 'holidays', name: 'photos.zip' }),
    singlePart(Buffer.from('PK\u0003\u0004 broken'), { subject: 'holidays', name: 'photos.zip' }),
    singlePart(Buffer.from('<?xml version="1.0"?><svg/>'), {
      subject: 'x',
      name: 'x.xml',
      type: 'text/xml',
    }),
    // Somebody forwards a complaint to a colleague: it is enclosed, not sent.
    Buffer.concat([
      Buffer.from('From: a@b.test\r\nContent-Type: message/rfc822\r\n\r\n'),
      complaint(),
    ]),
  ])
    assert.equal((await read(message)).kind, 'none', message.toString().slice(0, 100));
});

test('aggregates come in zip, gzip and as they are, whatever their type says (RFC 9990 §3.5.2)', async () => {
  const xml = googleXml();
  for (const message of [
    singlePart(zipped(xml)),
    singlePart(zipped(xml, { isStored: true })),
    singlePart(gzipped(xml), { type: 'application/octet-stream', name: 'a!our.test!1!2.xml.gz' }),
    singlePart(Buffer.from(xml), { type: 'text/xml', name: 'report.xml' }),
    multiPart(gzipped(xml)),
    multiPart(zipped(xml), { type: 'application/x-zip-compressed', name: 'r.zip' }),
    multiPart(gzipped(xml), { type: 'application/zip', name: 'lies.zip' }),
  ]) {
    const found = await read(message);
    assert.deepEqual(found, {
      kind: 'dmarc-aggregate',
      reporter: 'google.example',
      reportId: '1234567890123456789',
      domain: 'our.test',
      beginMs: beginSeconds * 1000,
      endMs: (beginSeconds + 86_399) * 1000,
      rows: [
        {
          sourceAddress: '192.0.2.1',
          count: 2,
          disposition: 'none',
          dkim: 'pass',
          spf: 'fail',
          headerFrom: 'our.test',
        },
      ],
      rowsSkipped: 0,
    });
  }
});

test('the shapes of the large reporters are read (RFC 7489 appendix C, RFC 9990 appendix A)', async () => {
  const microsoft = await aggregate(microsoftXml());
  assert.deepEqual(
    [microsoft.reporter, microsoft.rows[0]?.sourceAddress, microsoft.rows[0]?.disposition],
    ['Enterprise Outlook', '2001:db8::1', 'quarantine'],
  );
  assert.equal((await aggregate(newXml())).rows[0]?.disposition, 'none');
  const prefixed = googleXml()
    .replaceAll(/<(\/?)([a-z_]+)>/g, '<$1d:$2>')
    .replace('<d:feedback>', '<d:feedback xmlns:d="x">');
  assert.equal((await aggregate(prefixed)).rows.length, 1);
});

test('small mistakes of form cost nothing', async () => {
  const sloppy = googleXml()
    .replace('google.example<', 'A & B &unknown; <![CDATA[C]]>&amp;<')
    .replace('<?xml', '\r\n\r\n <?xml')
    .replace('</version>', '</version><extension><x:y xmlns:x="z">1</x:y></extension>')
    .replace('<header_from>our.test', '<header_from>\n Our.Test. \n');
  const found = await aggregate(sloppy);
  assert.equal(found.reporter, 'A & B &unknown; C&');
  assert.equal(found.rows[0]?.headerFrom, 'our.test');
  const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(googleXml(), 'utf16le')]);
  assert.equal((await read(multiPart(gzipSync(utf16)))).kind, 'dmarc-aggregate');
  // Nothing happened that day.
  assert.deepEqual((await aggregate(googleXml([]))).rows, []);
});

test('a row that does not say what happened is skipped, never counted as a failure', async () => {
  const found = await aggregate(
    googleXml([
      row({ source: 'somewhere' }),
      row({ count: 'many' }),
      row({ count: -1 }),
      row({ dkim: '' }),
      row().replace(/<policy_evaluated>[^]*<\/policy_evaluated>/, ''),
      row({ from: 'not a domain' }),
    ]),
  );
  assert.equal(found.rowsSkipped, 5);
  assert.deepEqual(
    found.rows.map(({ headerFrom }) => headerFrom),
    ['our.test'],
  );
});

test('what is broken, cut off or not what it says is unreadable', async () => {
  const unreadable = async (message: Buffer) => {
    const found = await readReport(message);
    assert.equal(found.kind, 'unreadable', JSON.stringify(found).slice(0, 300));
    return found.kind === 'unreadable' ? found.problem : '';
  };
  const xml = googleXml();
  assert.match(await unreadable(multiPart(gzipped(xml.slice(0, 900)))), /cut off/);
  assert.match(await unreadable(multiPart(gzipped(xml).subarray(0, 200))), /damaged/);
  assert.match(await unreadable(singlePart(zipped(xml).subarray(0, 300))), /damaged/);
  assert.match(await unreadable(multiPart(gzipped('<feedback/>'))), /domain/);
  assert.match(await unreadable(multiPart(gzipped('<html></html>'))), /no DMARC report/);
  assert.match(
    await unreadable(multiPart(Buffer.from('hello'), { type: 'text/plain', name: 'x' })),
    /no attachment/,
  );
  assert.match(await unreadable(multiPart(gzipped(googleXml([row({ source: 'x' })])))), /No row/);
  assert.match(await unreadable(multiPart(gzipped(xml.replace(/<begin>.*<\/begin>/, '')))), /time/);
});

test('a document type is refused: there are no entities to expand (threat 17)', async () => {
  const laughs = `<?xml version="1.0"?><!DOCTYPE feedback [<!ENTITY a "${'ha'.repeat(1000)}"><!ENTITY b "&a;&a;&a;">]><feedback><version>&b;</version></feedback>`;
  const found = await readReport(multiPart(gzipped(laughs)));
  assert.deepEqual(found, {
    kind: 'unreadable',
    problem: 'The report has a document type of its own.',
  });
});

test('bombs are refused before they go off (threat 17)', async () => {
  const started = process.memoryUsage().rss;
  const gzip = gzipSync(Buffer.alloc(32 * 1024 * 1024, 0x20));
  const zip = zipped(Buffer.alloc(32 * 1024 * 1024, 0x20), { claimsBytes: 100 });
  for (const message of [multiPart(gzip), singlePart(zip)]) {
    const found = await readReport(message);
    assert.equal(found.kind, 'unreadable');
    assert.match(found.kind === 'unreadable' ? found.problem : '', /larger than/);
  }
  assert.ok(process.memoryUsage().rss - started < 256 * 1024 * 1024);
  const deep = `<feedback>${'<a>'.repeat(100_000)}`;
  const wide = googleXml(Array.from({ length: 50_001 }, () => '<record/>'));
  const long = googleXml([row({ source: 'x'.repeat(1_000_000) })]);
  for (const xml of [deep, wide, long])
    assert.equal((await readReport(multiPart(gzipped(xml)))).kind, 'unreadable');
});

test('others get their turn while a large report is read', async () => {
  const xml = googleXml(Array.from({ length: 20_000 }, (_, at) => row({ count: at + 1 })));
  let turns = 0;
  let isReading = true;
  const count = () => {
    turns += 1;
    if (isReading) setImmediate(count);
  };
  setImmediate(count);
  const found = await read(multiPart(gzipped(xml)));
  isReading = false;
  assert.equal(found.kind === 'dmarc-aggregate' && found.rows.length, 20_000);
  // One a piece of 64 KiB, at least.
  assert.ok(turns > xml.length / 65_536, `${turns} turns`);
});

test('damaged reports never throw', async () => {
  const seeds = [
    complaint(),
    singlePart(zipped(googleXml())),
    multiPart(gzipped(googleXml())),
    multiPart(Buffer.from(googleXml()), { type: 'text/xml' }),
  ];
  let state = 20_261_122;
  const chance = (below: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state % below;
  };
  for (let run = 0; run < 1200; run += 1) {
    const message = Buffer.from(seeds[run % seeds.length] ?? originalPart);
    for (let hit = 0; hit <= chance(8); hit += 1) message[chance(message.length)] = chance(256);
    const cut = chance(4) === 0 ? message.subarray(0, chance(message.length)) : message;
    assert.ok(['report', 'none', 'unreadable'].includes((await readReport(cut)).kind));
  }
});
