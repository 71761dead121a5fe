// The text of dovecot-uidlist, version 3 (and reading version 1). Pure.
//
//   3 V<uidvalidity> N<next uid when written> G<guid> [<key><value> ...]
//   <uid> [<key><value> ...] :<file name>
//
// Lines are only ever appended; the header's N grows stale then, so the next UID is the larger of N and last UID + 1.
// Bytes are read as Latin-1 so that a name in any encoding comes out as it went in.

export interface UidListHeader {
  readonly uidValidity: number;
  readonly nextUid: number;
  readonly guid: string;
  /** Other header fields, kept as they are. */
  readonly others: string;
}

export interface UidRecord {
  readonly uid: number;
  /** "W2481 Gabc" or empty; kept as it is. */
  readonly extensions: string;
  /** Name as last written: maybe with flags behind a colon. */
  readonly name: string;
}

export interface UidLines {
  readonly records: readonly UidRecord[];
  /** What is wrong with lines that were left out. */
  readonly damage?: string;
  /** Bytes of those lines, for an estimate of how many UIDs may have been in them. */
  readonly damagedBytes: number;
}

// RFC 3501 §2.3.1.1: UIDs are unsigned 32-bit, never zero.
export const uidMax = 0xffff_fffe;
const record = /^([1-9]\d{0,9}) +((?:[A-Za-z][^ ]* +)*):([^/]+)$/;
const recordOfVersion1 = /^([1-9]\d{0,9}) +()([^/:][^/]*)$/;

export interface ParsedHeader {
  readonly header: UidListHeader;
  readonly version: 1 | 3;
}

/** Reads the first line; undefined when it is none. */
export function parseHeader(line: string): ParsedHeader | undefined {
  const old = /^1 (\d+) (\d+)$/.exec(line);
  if (old) {
    const header = { uidValidity: Number(old[1]), nextUid: Number(old[2]), guid: '', others: '' };
    return isUsable(header) ? { header, version: 1 } : undefined;
  }
  if (!line.startsWith('3 ')) return undefined;
  const fields = line
    .slice(2)
    .split(' ')
    .filter((field) => field !== '');
  const valueOf = (key: string) => fields.find((field) => field.startsWith(key))?.slice(1) ?? '';
  const header = {
    uidValidity: Number(valueOf('V')),
    nextUid: Number(valueOf('N')),
    guid: /^[0-9a-f]{32}$/.test(valueOf('G')) ? valueOf('G') : '',
    others: fields.filter((field) => !/^[VNG]/.test(field)).join(' '),
  };
  return isUsable(header) ? { header, version: 3 } : undefined;
}

/** Reads lines behind the header. `after` is the last UID before them: UIDs must grow. */
export function parseLines(
  bytes: Buffer,
  { version, after = 0 }: { readonly version: 1 | 3; readonly after?: number },
): UidLines {
  const shape = version === 1 ? recordOfVersion1 : record;
  const records: UidRecord[] = [];
  let damage: string | undefined;
  let damagedBytes = 0;
  let last = after;
  let start = 0;
  while (start < bytes.length) {
    const newline = bytes.indexOf(0x0a, start);
    const end = newline < 0 ? bytes.length : newline;
    const found = newline < 0 ? null : shape.exec(bytes.toString('latin1', start, end));
    const uid = Number(found?.[1] ?? 0);
    if (found && uid > last && uid <= uidMax) {
      records.push({ uid, extensions: (found[2] ?? '').trimEnd(), name: found[3] ?? '' });
      last = uid;
    } else {
      damage ??=
        newline < 0
          ? 'The last line is cut short.'
          : 'A line is not "<uid> :<name>" in growing order.';
      damagedBytes += end - start + 1;
    }
    start = end + 1;
  }
  return { records, damagedBytes, ...(damage !== undefined && { damage }) };
}

export function formatHeader({ uidValidity, nextUid, guid, others }: UidListHeader): string {
  return `3 V${uidValidity} N${nextUid} G${guid}${others === '' ? '' : ` ${others}`}\n`;
}

/** File names are written without flags, as Dovecot does. */
export function formatRecord({ uid, extensions, name }: UidRecord): string {
  return `${uid}${extensions === '' ? '' : ` ${extensions}`} :${name}\n`;
}

function isUsable({ uidValidity, nextUid }: UidListHeader): boolean {
  return isUid(uidValidity) && isUid(nextUid);
}

function isUid(value: number): boolean {
  return Number.isInteger(value) && value > 0 && value <= 0xffff_ffff;
}
