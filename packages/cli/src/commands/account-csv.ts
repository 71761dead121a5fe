// People as CSV (RFC 4180): a header line names the columns, in any order. Pure.
//
//   address,password,hash,quota,messages,state
// Only address is needed. What an export adds (home, used, last login) is read over.
import { accountLine, type AccountLine } from './account-lines.ts';

const known = ['address', 'password', 'hash', 'quota', 'messages', 'state'] as const;
const readOver = new Set(['home', 'used', 'used_messages', 'last_login']);

interface CsvRecord {
  /** Where it begins. */
  readonly line: number;
  readonly fields: readonly string[];
}

export function readAccountCsv(text: string): readonly AccountLine[] {
  const [header, ...records] = recordsOf(text);
  if (header === undefined) return [];
  const names = header.fields.map((name) => name.trim().toLowerCase());
  const strange = names.filter(
    (name) => !known.some((each) => each === name) && !readOver.has(name),
  );
  if (strange.length > 0 || !names.includes('address')) {
    const what =
      strange.length > 0 ? `Unknown column ${strange.join(', ')}.` : 'No column address.';
    return [{ line: header.line, problem: `${what} The columns are ${known.join(', ')}.` }];
  }
  return records.map(({ line, fields }) => {
    if (fields.length !== names.length)
      return { line, problem: `It has ${fields.length} fields, the header has ${names.length}.` };
    // The apostrophe that csvField() puts before what a spreadsheet would compute.
    const valueOf = (name: string) =>
      (fields[names.indexOf(name)] ?? '').replace(/^'(?=[=+\-@])/, '');
    return accountLine(line, {
      address: valueOf('address').trim(),
      password: valueOf('password'),
      hash: valueOf('hash').trim(),
      quota: valueOf('quota').trim(),
      messages: valueOf('messages').trim(),
      state: valueOf('state').trim(),
    });
  });
}

/** A value that a spreadsheet would take for a formula is put between quotes with an apostrophe before it. */
export function csvField(value: string | number | undefined): string {
  const text = String(value ?? '');
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** RFC 4180 §2: fields in quotes may have commas, line ends and doubled quotes. Linear in the length of the text. */
function recordsOf(text: string): readonly CsvRecord[] {
  const records: CsvRecord[] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|\n|$)/y;
  const body = text.replace(/^\ufeff/, '');
  let fields: string[] = [];
  let line = 1;
  let startLine = 1;
  while (field.lastIndex < body.length) {
    const at = field.lastIndex;
    const found = field.exec(body);
    // A stray quote: the rest of the line is one field, and the count of fields will show it.
    if (found === null) {
      const end = body.indexOf('\n', at);
      fields.push(body.slice(at, end < 0 ? undefined : end));
      field.lastIndex = end < 0 ? body.length : end;
      continue;
    }
    fields.push(found[1]?.replaceAll('""', '"') ?? found[2] ?? '');
    line += found[0].split('\n').length - 1;
    if (found[3] === ',' && field.lastIndex < body.length) continue;
    if (found[3] === ',') fields.push('');
    if (fields.some((each) => each.trim() !== '')) records.push({ line: startLine, fields });
    fields = [];
    startLine = line;
  }
  if (fields.length > 0) records.push({ line: startLine, fields });
  return records;
}
