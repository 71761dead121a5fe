// Reports as the large reporters shape them, written for these tests: parts, names, order, habits; the numbers are invented.
import { deflateRawSync, gzipSync } from 'node:zlib';

export interface AggregateShape {
  readonly xml?: string;
  readonly domain?: string;
}

interface RowShape {
  readonly source?: string;
  readonly count?: number | string;
  readonly disposition?: string;
  readonly dkim?: string;
  readonly spf?: string;
  readonly from?: string;
}

export const beginSeconds = 1_795_046_400; // 2026-11-19

export function row({
  source = '192.0.2.1',
  count = 2,
  disposition = 'none',
  dkim = 'pass',
  spf = 'fail',
  from = 'our.test',
}: RowShape = {}): string {
  return `<record>
    <row><source_ip>${source}</source_ip><count>${count}</count>
      <policy_evaluated><disposition>${disposition}</disposition><dkim>${dkim}</dkim><spf>${spf}</spf></policy_evaluated></row>
    <identifiers><header_from>${from}</header_from></identifiers>
    <auth_results><dkim><domain>${from}</domain><result>pass</result><selector>s1</selector></dkim>
      <spf><domain>bounce.test</domain><result>pass</result></spf></auth_results>
  </record>`;
}

/** RFC 7489 appendix C, as Google writes it. */
export function googleXml(rows: readonly string[] = [row()]): string {
  return `<?xml version="1.0" encoding="UTF-8" ?>
<feedback>
  <version>1.0</version>
  <report_metadata>
    <org_name>google.example</org_name>
    <email>noreply-dmarc-support@google.example</email>
    <extra_contact_info>https://support.google.example/a/answer/1</extra_contact_info>
    <report_id>1234567890123456789</report_id>
    <date_range><begin>${beginSeconds}</begin><end>${beginSeconds + 86_399}</end></date_range>
  </report_metadata>
  <policy_published><domain>our.test</domain><adkim>r</adkim><aspf>r</aspf><p>none</p><sp>none</sp><pct>100</pct></policy_published>
  ${rows.join('\n')}
</feedback>
`;
}

/** Namespaces of a schema nobody needs, a byte order mark, no version. */
export function microsoftXml(): string {
  return `\ufeff<?xml version="1.0"?><feedback xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><version>1.0</version><report_metadata><org_name>Enterprise Outlook</org_name><email>dmarcreport@microsoft.example</email><report_id>0123456789abcdef</report_id><date_range><begin>${beginSeconds}</begin><end>${beginSeconds + 86_400}</end></date_range></report_metadata><policy_published><domain>our.test</domain><adkim>r</adkim><aspf>r</aspf><p>quarantine</p><sp>quarantine</sp><pct>100</pct><fo>0</fo></policy_published>${row({ source: '2001:DB8::1', disposition: 'quarantine', dkim: 'fail' })}</feedback>`;
}

/** RFC 9990: a namespace, np, testing, discovery_method, "pass". */
export function newXml(): string {
  return googleXml([row({ disposition: 'pass' })])
    .replace('<feedback>', '<feedback xmlns="urn:ietf:params:xml:ns:dmarc-2.0">')
    .replace(
      '<pct>100</pct>',
      '<np>none</np><testing>n</testing><discovery_method>treewalk</discovery_method>',
    );
}

/** One file, deflated, sizes behind the data as streaming archivers write them (bit 3) unless `isStored`. */
export function zipped(
  content: string | Buffer,
  { name = 'report.xml', isStored = false, claimsBytes = Buffer.byteLength(content) } = {},
): Buffer {
  const data = isStored ? Buffer.from(content) : deflateRawSync(content);
  const file = Buffer.from(name);
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(isStored ? 0 : 8, 6);
  local.writeUInt16LE(isStored ? 0 : 8, 8);
  local.writeUInt16LE(file.length, 26);
  const directory = Buffer.alloc(46);
  directory.writeUInt32LE(0x02014b50, 0);
  directory.writeUInt16LE(isStored ? 0 : 8, 8);
  directory.writeUInt16LE(isStored ? 0 : 8, 10);
  directory.writeUInt32LE(data.length, 20);
  directory.writeUInt32LE(claimsBytes, 24);
  directory.writeUInt16LE(file.length, 28);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(46 + file.length, 12);
  end.writeUInt32LE(30 + file.length + data.length, 16);
  return Buffer.concat([local, file, data, directory, file, end]);
}

const reportSubject = 'Report domain: our.test Submitter: google.example Report-ID: 1';

/** The message is the attachment, as Google sends it. */
export function singlePart(
  content: Buffer,
  {
    type = 'application/zip',
    name = `google.example!our.test!${beginSeconds}!${beginSeconds + 86_399}.zip`,
    subject = reportSubject,
  } = {},
): Buffer {
  return Buffer.from(
    `Received: from mail.google.example\r\nFrom: noreply-dmarc-support@google.example\r\nTo: dmarc@our.test\r\nSubject: ${subject}\r\nMIME-Version: 1.0\r\nContent-Type: ${type};\r\n\tname="${name}"\r\nContent-Disposition: attachment;\r\n\tfilename="${name}"\r\nContent-Transfer-Encoding: base64\r\n\r\n${lines(content)}\r\n`,
  );
}

/** Words first, then the attachment, as Microsoft and Yahoo do. */
export function multiPart(
  content: Buffer,
  { type = 'application/gzip', name = 'report.xml.gz' } = {},
): Buffer {
  return Buffer.from(
    `From: dmarcreport@microsoft.example\r\nTo: dmarc@our.test\r\nSubject: =?us-ascii?Q?Report_Domain:_our.test?=\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="_mpm_1"\r\n\r\n--_mpm_1\r\nContent-Type: multipart/related; boundary="_rv_2"\r\n\r\n--_rv_2\r\nContent-Type: text/html; charset=us-ascii\r\n\r\n<div>This is a DMARC aggregate report.</div>\r\n--_rv_2--\r\n\r\n--_mpm_1\r\nContent-Type: ${type}\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename="${name}"\r\n\r\n${lines(content)}\r\n--_mpm_1--\r\n`,
  );
}

export function gzipped(xml: string): Buffer {
  return gzipSync(xml);
}

function lines(content: Buffer): string {
  return content.toString('base64').replaceAll(/.{76}/g, '$&\r\n');
}

export interface ComplaintShape {
  readonly contentType?: string;
  readonly fields?: readonly string[];
  readonly partHeader?: string;
  readonly third?: string;
}

export const yahooFields: readonly string[] = [
  'Feedback-Type: abuse',
  'User-Agent: Yahoo!-Mail-Feedback/2.0',
  'Version: 0.1',
  'Original-Mail-From: <ana@our.test>',
  'Original-Rcpt-To: somebody@yahoo.example',
  'Received-Date: Thu, 19 Nov 2026 08:00:00 -0800',
  'Reported-Domain: our.test',
  'Source-IP: 192.0.2.7',
];

export const originalPart =
  'Content-Type: message/rfc822\r\nContent-Disposition: inline\r\n\r\nFrom: Ana <ana@our.test>\r\nMessage-ID: <m1@our.test>\r\nSubject: offer\r\n\r\nBuy.\r\n';

export function complaint({
  contentType = 'multipart/report; boundary="b1"; report-type=feedback-report',
  fields = yahooFields,
  partHeader = 'Content-Type: message/feedback-report\r\n',
  third = originalPart,
}: ComplaintShape = {}): Buffer {
  return Buffer.from(
    `From: <feedback@arf.mail.yahoo.example>\r\nTo: abuse@our.test\r\nSubject: FW: offer\r\nMIME-Version: 1.0\r\nContent-Type: ${contentType}\r\n\r\n--b1\r\nContent-Type: text/plain; charset="US-ASCII"\r\n\r\nThis is an email abuse report.\r\n--b1\r\n${partHeader}\r\n${fields.join('\r\n')}\r\n${third === '' ? '' : `--b1\r\n${third}`}--b1--\r\n`,
  );
}
