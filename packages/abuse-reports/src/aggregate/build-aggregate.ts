// Writes an aggregate report as the message that carries it (RFC 9990 §3.5.2).
//
// Promise: made twice from the same facts, file name, ids and attachment are the same, so that whoever gets it twice counts it once.
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { formatDateTime } from '@restante/mime';
import { base64Lines, composeMessage } from '../compose.ts';
import { aggregateXml } from './aggregate-xml.ts';
import type { AggregateReport } from './aggregate-xml.ts';

export interface AggregateToWrite extends AggregateReport {
  /** Our domain: the submitter. The message must pass DMARC itself, so `email` belongs to it. */
  readonly submitter: string;
  readonly to: readonly string[];
  readonly atMs: number;
}

export interface AggregateMessage {
  readonly fileName: string;
  readonly xml: string;
  readonly message: Buffer;
}

const gzipAsync = promisify(gzip);

export async function buildDmarcAggregate(report: AggregateToWrite): Promise<AggregateMessage> {
  const { submitter, domain, beginMs, endMs, reportId } = report;
  const xml = aggregateXml(report);
  const packed = await gzipAsync(xml);
  const range = [beginMs, endMs].map((atMs) => Math.floor(atMs / 1000)).join('!');
  // Domains are A-labels, and these characters are all that a file name may keep of them.
  const [from, about] = [submitter, domain].map((name) => name.replaceAll(/[^a-z0-9._-]/gi, '_'));
  const fileName = `${from}!${about}!${range}.xml.gz`;
  const message = composeMessage({
    header: [
      ['From', `<${report.email}>`],
      ['To', report.to.map((address) => `<${address}>`).join(', ')],
      ['Subject', `Report Domain: ${about} Submitter: ${from} Report-ID: <${reportId}>`],
      ['Date', formatDateTime(report.atMs)],
      ['Message-ID', `<${reportId.includes('@') ? reportId : `${reportId}@${from}`}>`],
      // RFC 3834 §5.
      ['Auto-Submitted', 'auto-generated'],
    ],
    multipart: 'mixed',
    parts: [
      {
        header: 'Content-Type: text/plain; charset=us-ascii\r\n',
        body: `DMARC aggregate report of ${from} about ${about}. The report itself is attached.\r\n`,
      },
      {
        header: `${[
          'Content-Type: application/gzip',
          'Content-Transfer-Encoding: base64',
          `Content-Disposition: attachment;\r\n filename="${fileName}"`,
        ].join('\r\n')}\r\n`,
        body: base64Lines(packed),
      },
    ],
  });
  return { fileName, xml, message };
}
