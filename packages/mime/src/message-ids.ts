// Message ids in Message-ID, In-Reply-To and References (RFC 5322 §3.6.4), as threads compare them.
import { readQuoted } from './header-tokens.ts';

/** More than any thread shows; of longer lists the newest count. */
const idsMax = 200;
const idLengthMax = 998;

/**
 * The ids in a text, "<left@right>" each, in order, none twice. What is not in angle brackets (phrases of In-Reply-To) is passed over.
 * RFC 5256 §2.2: <"a b"@example.test> and its unquoted form are the same id.
 */
export function messageIdsIn(text: string): readonly string[] {
  const found = new Set<string>();
  for (let at = text.indexOf('<'); at >= 0;) {
    const end = text.indexOf('>', at);
    if (end < 0) break;
    // "<a <b@c>": the last opening bracket counts.
    const start = text.lastIndexOf('<', end);
    if (start >= at && end - start > 1 && end - start <= idLengthMax) {
      found.add(normalised(text.slice(start, end + 1)));
    }
    at = text.indexOf('<', end);
  }
  const ids = [...found];
  return ids.length <= idsMax ? ids : [ids[0] ?? '', ...ids.slice(1 - idsMax)];
}

function normalised(id: string): string {
  if (id.charCodeAt(1) !== 0x22) return id.includes(' ') ? id.replaceAll(/\s+/g, '') : id;
  const { text, end } = readQuoted(id, 1);
  return `<${text}${id.slice(end)}`;
}
