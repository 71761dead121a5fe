// The XML of an aggregate report, in the order RFC 9990 wants its elements (§3.1, appendix A). Pure.
import type { CountedRow, PublishedPolicy } from './evaluated.ts';

export interface AggregateReport {
  readonly organization: string;
  readonly email: string;
  readonly reportId: string;
  /** Where the record stands. */
  readonly domain: string;
  readonly published: PublishedPolicy;
  readonly beginMs: number;
  readonly endMs: number;
  /** At least one. */
  readonly rows: readonly CountedRow[];
  /** For the reader of the report: what could not be kept apart, for example. */
  readonly remark?: string;
}

export function aggregateXml(report: AggregateReport): string {
  const { domain, published, rows, remark } = report;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>\n',
    '<feedback xmlns="urn:ietf:params:xml:ns:dmarc-2.0">\n',
    element('version', '1.0'),
    group('report_metadata', [
      element('org_name', report.organization),
      element('email', report.email),
      element('report_id', report.reportId),
      group('date_range', [
        element('begin', seconds(report.beginMs)),
        element('end', seconds(report.endMs)),
      ]),
      remark === undefined ? '' : element('error', remark),
      element('generator', 'Restante'),
    ]),
    group('policy_published', [
      element('domain', domain),
      element('discovery_method', 'treewalk'),
      element('p', published.p),
      published.sp === undefined ? '' : element('sp', published.sp),
      published.np === undefined ? '' : element('np', published.np),
      element('fo', published.fo),
      element('adkim', published.adkim),
      element('aspf', published.aspf),
      element('testing', published.isTesting ? 'y' : 'n'),
    ]),
    ...rows.map(record),
    '</feedback>\n',
  ].join('');
}

function record(row: CountedRow): string {
  const { override, spf } = row;
  return group('record', [
    group('row', [
      element('source_ip', row.sourceAddress),
      element('count', String(row.count)),
      group('policy_evaluated', [
        element('disposition', row.disposition),
        element('dkim', row.dkimAligned ? 'pass' : 'fail'),
        element('spf', row.spfAligned ? 'pass' : 'fail'),
        override === undefined
          ? ''
          : group('reason', [
              element('type', override.type),
              override.comment === undefined ? '' : element('comment', override.comment),
            ]),
      ]),
    ]),
    group('identifiers', [
      element('header_from', row.headerFrom),
      element('envelope_from', row.envelopeFrom),
    ]),
    group('auth_results', [
      ...row.dkim.map((signature) =>
        group('dkim', [
          element('domain', signature.domain),
          element('selector', signature.selector),
          element('result', signature.result),
        ]),
      ),
      spf === undefined
        ? ''
        : group('spf', [
            element('domain', spf.domain),
            element('scope', 'mfrom'),
            element('result', spf.result),
          ]),
    ]),
  ]);
}

function group(name: string, inside: readonly string[]): string {
  return `<${name}>\n${inside.join('')}</${name}>\n`;
}

function element(name: string, text: string): string {
  return `<${name}>${escaped(text)}</${name}>\n`;
}

/** XML 1.0 §2.2 has no control characters, not even written as numbers. */
function escaped(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\ufffe\uffff]/gu, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

function seconds(atMs: number): string {
  return String(Math.floor(atMs / 1000));
}
