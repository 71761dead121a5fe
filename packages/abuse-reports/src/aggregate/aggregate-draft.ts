// What has been read of an aggregate report so far. Every value is checked for its form before it is kept.
import { isIP } from 'node:net';
import { parseDomain } from '@restante/mail-model';
import { plainText } from '../plain-text.ts';
import type { DmarcRow, ReadReport } from '../reports.ts';

const rowsMax = 50_000;
const countMax = 1_000_000_000;
const dayMs = 86_400_000;

export class AggregateDraft {
  readonly #values = new Map<string, string>();
  readonly #rows: DmarcRow[] = [];
  #rowsSkipped = 0;
  #row = new Map<string, string>();

  /** One element, closed: its path without the root. Gives a problem that ends the reading. */
  note(path: string, text: string): string | undefined {
    if (path === 'record') return this.#endRow();
    if (path.startsWith('record/')) {
      const known = rowPaths.get(path);
      if (known !== undefined && !this.#row.has(known)) this.#row.set(known, text);
    } else if (documentPaths.has(path) && !this.#values.has(path)) this.#values.set(path, text);
    return undefined;
  }

  finish(): ReadReport {
    const text = (path: string) => this.#values.get(path) ?? '';
    const domain = domainOf(text('policy_published/domain'));
    const beginMs = momentOf(text('report_metadata/date_range/begin'));
    if (domain === undefined) return unreadable('The report does not say for which domain it is.');
    if (beginMs === undefined) return unreadable('The report does not say for which time it is.');
    if (this.#rows.length === 0 && this.#rowsSkipped > 0)
      return unreadable('No row of the report can be understood.');
    const endMs = momentOf(text('report_metadata/date_range/end'));
    return {
      kind: 'report',
      report: {
        kind: 'dmarc-aggregate',
        reporter: plainText(text('report_metadata/org_name'), 100),
        reportId: plainText(text('report_metadata/report_id'), 200),
        domain,
        beginMs,
        endMs: endMs === undefined || endMs < beginMs ? beginMs + dayMs : endMs,
        rows: this.#rows.map((row) =>
          row.headerFrom === '' ? { ...row, headerFrom: domain } : row,
        ),
        rowsSkipped: this.#rowsSkipped,
      },
    };
  }

  #endRow(): string | undefined {
    const row = rowOf(this.#row);
    this.#row = new Map();
    if (row === undefined) this.#rowsSkipped += 1;
    else this.#rows.push(row);
    return this.#rows.length + this.#rowsSkipped > rowsMax
      ? `The report has more than ${rowsMax} rows.`
      : undefined;
  }
}

const documentPaths: ReadonlySet<string> = new Set([
  'report_metadata/org_name',
  'report_metadata/report_id',
  'report_metadata/date_range/begin',
  'report_metadata/date_range/end',
  'policy_published/domain',
]);

/** Some put the identifiers into "identities", as drafts before RFC 7489 did. */
const rowPaths: ReadonlyMap<string, string> = new Map([
  ['record/row/source_ip', 'source'],
  ['record/row/count', 'count'],
  ['record/row/policy_evaluated/disposition', 'disposition'],
  ['record/row/policy_evaluated/dkim', 'dkim'],
  ['record/row/policy_evaluated/spf', 'spf'],
  ['record/identifiers/header_from', 'from'],
  ['record/identities/header_from', 'from'],
]);

/** Undefined when it cannot be counted: what is not said must not become a "fail". */
function rowOf(values: ReadonlyMap<string, string>): DmarcRow | undefined {
  const sourceAddress = values.get('source')?.toLowerCase() ?? '';
  const digits = /^\d{1,12}$/.exec(values.get('count') ?? '')?.[0];
  const dkim = resultOf(values.get('dkim'));
  const spf = resultOf(values.get('spf'));
  if (isIP(sourceAddress) === 0 || digits === undefined) return undefined;
  if (dkim === undefined || spf === undefined) return undefined;
  return {
    sourceAddress,
    count: Math.min(Number(digits), countMax),
    disposition: dispositionOf(values.get('disposition')),
    dkim,
    spf,
    headerFrom: domainOf(values.get('from') ?? '') ?? '',
  };
}

function resultOf(text: string | undefined): 'pass' | 'fail' | undefined {
  const word = text?.toLowerCase() ?? '';
  if (word === '') return undefined;
  return word === 'pass' ? 'pass' : 'fail';
}

function dispositionOf(text: string | undefined): DmarcRow['disposition'] {
  const word = text?.toLowerCase();
  return word === 'quarantine' || word === 'reject' ? word : 'none';
}

function domainOf(text: string): string | undefined {
  const parsed = parseDomain(text.slice(0, 300).replace(/\.$/, ''));
  return parsed.ok && !parsed.value.startsWith('[') ? parsed.value : undefined;
}

/** Seconds since 1970 (RFC 9990 §3.1.1.4); some write milliseconds or parts of a second. */
function momentOf(text: string): number | undefined {
  const digits = /^\d{1,14}/.exec(text)?.[0];
  if (digits === undefined) return undefined;
  const number = Number(digits);
  return number > 100_000_000_000 ? number : number * 1000;
}

function unreadable(problem: string): ReadReport {
  return { kind: 'unreadable', problem };
}
