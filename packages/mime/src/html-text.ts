// The text a person would see of HTML, for searching and previews: never for showing. One pass over the characters, no tree.
// Scripts, styles and comments are left out; what was block by block becomes line by line.

const hiddenElements: ReadonlySet<string> = new Set([
  'script',
  'style',
  'head',
  'template',
  'noscript',
  'svg',
  'math',
  'object',
]);

/** Their borders separate words; those of other elements do not ("f<b>oo</b>" is foo). */
const blocks: ReadonlySet<string> = new Set(
  (
    'address article aside blockquote body br caption center dd details div dl dt fieldset figcaption figure footer form h1 h2 ' +
    'h3 h4 h5 h6 header hr html img input li main nav ol option p pre section select summary table tbody td textarea tfoot th ' +
    'thead title tr ul'
  ).split(' '),
);

const entities: ReadonlyMap<string, string> = new Map(
  Object.entries({
    amp: '&',
    lt: '<',
    gt: '>',
    quot: '"',
    apos: "'",
    nbsp: '\u00a0',
    shy: '',
    zwnj: '',
    zwj: '',
    copy: '©',
    reg: '®',
    trade: '™',
    euro: '€',
    pound: '£',
    yen: '¥',
    cent: '¢',
    sect: '§',
    deg: '°',
    middot: '·',
    bull: '•',
    hellip: '…',
    ndash: '–',
    mdash: '—',
    lsquo: '‘',
    rsquo: '’',
    sbquo: '‚',
    ldquo: '“',
    rdquo: '”',
    bdquo: '„',
    laquo: '«',
    raquo: '»',
    times: '×',
    ensp: ' ',
    emsp: ' ',
    thinsp: ' ',
    iexcl: '¡',
    iquest: '¿',
    szlig: 'ß',
    aelig: 'æ',
    AElig: 'Æ',
    oslash: 'ø',
    Oslash: 'Ø',
    ordf: 'ª',
    ordm: 'º',
    larr: '←',
    rarr: '→',
  }),
);

/** &auml; &Eacute; &ccedil; ... : a letter and its sign, composed by Unicode. */
const signs: ReadonlyMap<string, string> = new Map([
  ['uml', '\u0308'],
  ['acute', '\u0301'],
  ['grave', '\u0300'],
  ['circ', '\u0302'],
  ['tilde', '\u0303'],
  ['cedil', '\u0327'],
  ['ring', '\u030a'],
  ['caron', '\u030c'],
]);

export function htmlText(html: string): string {
  let out = '';
  let at = 0;
  while (at < html.length) {
    const open = html.indexOf('<', at);
    const end = open < 0 ? html.length : open;
    if (end > at) out += decodeEntities(html.slice(at, end));
    if (open < 0) break;
    const { next, gap } = skipTag(html, open);
    out += gap;
    at = next;
  }
  return out;
}

interface Skipped {
  readonly next: number;
  /** What stands for the tag in the text. */
  readonly gap: string;
}

function skipTag(html: string, open: number): Skipped {
  const first = html.charCodeAt(open + 1);
  if (first === 0x21) {
    const isComment = html.startsWith('<!--', open);
    const end = isComment ? html.indexOf('-->', open + 2) : html.indexOf('>', open);
    return { next: end < 0 ? html.length : end + (isComment ? 3 : 1), gap: '' };
  }
  const isClosing = first === 0x2f;
  const nameStart = open + (isClosing ? 2 : 1);
  const nameEnd = endOfName(html, nameStart);
  // "a < b" is no tag.
  if (nameEnd === nameStart && first !== 0x3f && !isClosing) return { next: open + 1, gap: '<' };
  const name = html.slice(nameStart, nameEnd).toLowerCase();
  const end = endOfTag(html, nameEnd);
  const gap = blocks.has(name) ? '\n' : '';
  if (isClosing || !hiddenElements.has(name) || html[end - 2] === '/') return { next: end, gap };
  return { next: endOfElement(html, end, name), gap: '\n' };
}

function endOfName(html: string, start: number): number {
  let at = start;
  // No element has a longer name.
  for (const end = Math.min(html.length, start + 32); at < end; at += 1) {
    const code = html.charCodeAt(at);
    const isLetter = (code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a;
    if (!isLetter && !(at > start && code >= 0x30 && code <= 0x39)) break;
  }
  return at;
}

/** Behind ">"; one in the quotes of an attribute does not count. */
function endOfTag(html: string, start: number): number {
  let quote = 0;
  for (let at = start; at < html.length; at += 1) {
    const code = html.charCodeAt(at);
    if (quote !== 0) {
      if (code === quote) quote = 0;
    } else if (code === 0x3e) return at + 1;
    else if ((code === 0x22 || code === 0x27) && html.charCodeAt(at - 1) === 0x3d) quote = code;
  }
  return html.length;
}

function endOfElement(html: string, start: number, name: string): number {
  for (let at = html.indexOf('</', start); at >= 0; at = html.indexOf('</', at + 2)) {
    if (html.slice(at + 2, at + 2 + name.length).toLowerCase() !== name) continue;
    return endOfTag(html, at + 2 + name.length);
  }
  return html.length;
}

const entityLengthMax = 10;

function decodeEntities(text: string): string {
  let at = text.indexOf('&');
  if (at < 0) return text;
  let out = '';
  let copied = 0;
  for (; at >= 0; at = text.indexOf('&', at + 1)) {
    const name = /^&(#?[A-Za-z0-9]+);?/.exec(text.slice(at, at + entityLengthMax + 2));
    const value = name?.[1] === undefined ? undefined : entityValue(name[1]);
    if (name === null || value === undefined) continue;
    out += text.slice(copied, at) + value;
    copied = at + name[0].length;
  }
  return out + text.slice(copied);
}

function entityValue(name: string): string | undefined {
  if (name.startsWith('#')) {
    const isHex = name[1] === 'x' || name[1] === 'X';
    const code = Number.parseInt(name.slice(isHex ? 2 : 1), isHex ? 16 : 10);
    if (Number.isNaN(code) || code > 0x10_ff_ff || (code >= 0xd8_00 && code <= 0xdf_ff))
      return '\ufffd';
    // NUL, and the soft hyphen that splits words nobody sees split.
    return code === 0 || code === 0xad ? '' : String.fromCodePoint(code);
  }
  const sign = signs.get(name.slice(1));
  return sign === undefined ? entities.get(name) : `${name.slice(0, 1)}${sign}`.normalize('NFC');
}
