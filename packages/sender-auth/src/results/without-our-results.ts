// Takes out what others wrote in our name (RFC 8601 §5), and leaves every other byte as it is.
//
// A field is ours when its authserv-id is one of ours as any reader might read it: in capitals, in quotes, behind comments, folded, with
// a version, with a dot at the end. Where the id cannot be made out and our name is in the field, it goes, too: nobody needs it.
import { domainToASCII } from 'node:url';
import { decodeWords, headerFields, rawValue } from '@restante/mime';

/** The same buffer when there is nothing to take out. `header` may be a whole message; its body is not looked at. */
export function withoutOurResults(header: Buffer, authservIds: readonly string[]): Buffer {
  const ours = new Set(authservIds.map(comparable));
  const pieces: Buffer[] = [];
  let kept = 0;
  for (const field of headerFields(header)) {
    if (field.name.trim().toLowerCase() !== 'authentication-results') continue;
    if (!isOurs(rawValue(header, field), ours)) continue;
    pieces.push(header.subarray(kept, field.start));
    kept = field.end;
  }
  if (kept === 0) return header;
  pieces.push(header.subarray(kept));
  return Buffer.concat(pieces);
}

function isOurs(latin1: string, ours: ReadonlySet<string>): boolean {
  const text = Buffer.from(latin1, 'latin1').toString('utf8');
  const id = authservIdOf(text);
  if (id !== undefined) return ours.has(comparable(id)) || ours.has(comparable(decodeWords(id)));
  const whole = text.toLowerCase();
  return [...ours].some((name) => whole.includes(name));
}

/** A name as all its spellings have it. */
function comparable(id: string): string {
  // Longer than any name: no need to look for dots at its end.
  if (id.length > 300) return id;
  const bare = id.trim().toLowerCase().replace(/\.+$/, '');
  return /^[\x00-\x7f]*$/.test(bare) ? bare : domainToASCII(bare) || bare;
}

/** §2.2: [CFWS] value. Undefined when there is none to be found: nothing, or a comment or quote that never ends. */
export function authservIdOf(value: string): string | undefined {
  const start = blankEnd(value, 0);
  if (start === undefined || start >= value.length) return undefined;
  if (value[start] === '"') return quotedAt(value, start);
  let end = start;
  while (end < value.length && !/[\s\u0000-\u001f\u007f;()<>@,:\\"/[\]]/.test(value[end] ?? ''))
    end += 1;
  // A text with "=?" at its start may be an encoded word: its end is the blank.
  return end === start ? undefined : value.slice(start, end);
}

function blankEnd(text: string, from: number): number | undefined {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    const char = text[at] ?? '';
    if (char === '(') depth += 1;
    else if (depth === 0) {
      if (!/[\s\u0000-\u001f\u007f]/.test(char)) return at;
    } else if (char === '\\') at += 1;
    else if (char === ')') depth -= 1;
  }
  return depth === 0 ? text.length : undefined;
}

function quotedAt(text: string, start: number): string | undefined {
  let out = '';
  for (let at = start + 1; at < text.length; at += 1) {
    const char = text[at];
    if (char === '"') return out;
    if (char === '\\') at += 1;
    out += text[at] ?? '';
  }
  return undefined;
}
