// Reads the items of FETCH (RFC 3501 §6.4.5 and §9: fetch-att; RFC 3516, 7162, 8474, 8514, 8970).
import type { Reader } from '../wire/reader.ts';
import { bad } from '../wire/refusal.ts';
import { formatAstring } from '../wire/wire-string.ts';
import type {
  DescribedItem,
  FetchItems,
  Partial,
  PlainItem,
  Section,
  SectionItem,
} from './fetch-item.ts';

const plainNames: ReadonlySet<string> = new Set<PlainItem>([
  'EMAILID',
  'FLAGS',
  'INTERNALDATE',
  'MODSEQ',
  'RFC822.SIZE',
  'SAVEDATE',
  'THREADID',
  'UID',
]);
/** RFC 3501 §6.4.5: macros stand alone, not in a list. */
const macros: Readonly<Record<string, readonly string[]>> = {
  ALL: ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE', 'ENVELOPE'],
  FAST: ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE'],
  FULL: ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE', 'ENVELOPE', 'BODY'],
};
const sectionsMax = 100;
const noNames: ReadonlySet<string> = new Set();
const wholeMessage: Section = { part: [], what: 'whole', names: noNames };
const namePattern = /[A-Z0-9]+(?:\.[A-Z0-9]+)*/iy;

export function parseFetchItems(reader: Reader): FetchItems {
  const found = { plain: new Set<PlainItem>(), described: new Set<DescribedItem>() };
  const sections: SectionItem[] = [];
  const readOne = (): void => {
    const name = itemName(reader);
    const macro = macros[name];
    if (macro !== undefined) throw bad(`${name} stands alone, without a list.`);
    addItem(name, reader, { ...found, sections });
  };
  if (reader.peek === '(') {
    reader.list(readOne);
  } else {
    const name = itemName(reader);
    for (const item of macros[name] ?? [name]) addItem(item, reader, { ...found, sections });
  }
  const once = withoutRepeats(sections);
  // Each is read before the first is said; nobody has so many.
  if (once.length > sectionsMax) throw bad('Too many sections at once.', 'LIMIT');
  return { plain: [...found.plain], described: [...found.described], sections: once };
}

/** The same asked twice is said once; it sets \Seen when one of the two does (BODY[1] BODY.PEEK[1]). */
function withoutRepeats(sections: readonly SectionItem[]): readonly SectionItem[] {
  const found = new Map<string, SectionItem>();
  for (const item of sections) {
    const name = `${item.label}${item.partial?.length ?? ''}`;
    const setsSeen = item.setsSeen || found.get(name)?.setsSeen === true;
    found.set(name, { ...item, setsSeen });
  }
  return [...found.values()];
}

interface Found {
  readonly plain: Set<PlainItem>;
  readonly described: Set<DescribedItem>;
  readonly sections: SectionItem[];
}

function addItem(name: string, reader: Reader, { plain, described, sections }: Found): void {
  if (isPlain(name)) plain.add(name);
  else if (name === 'ENVELOPE' || name === 'BODYSTRUCTURE') described.add(name);
  else if (name === 'BODY' && reader.peek !== '[') described.add(name);
  else if (name === 'PREVIEW') {
    // RFC 8970 §3.2: LAZY asks for what is there already; ours comes with the description.
    reader.take(' (LAZY)');
    described.add(name);
  } else sections.push(sectionItem(name, reader));
}

function isPlain(name: string): name is PlainItem {
  return plainNames.has(name);
}

function itemName(reader: Reader): string {
  const [name] = reader.match(namePattern) ?? [];
  if (name === undefined) throw bad('The name of an item is missing.');
  return name.toUpperCase();
}

function sectionItem(name: string, reader: Reader): SectionItem {
  switch (name) {
    case 'RFC822':
      return { kind: 'section', label: name, section: wholeMessage, setsSeen: true };
    case 'RFC822.HEADER':
      return {
        kind: 'section',
        label: name,
        section: { ...wholeMessage, what: 'header' },
        setsSeen: false,
      };
    case 'RFC822.TEXT':
      return {
        kind: 'section',
        label: name,
        section: { ...wholeMessage, what: 'text' },
        setsSeen: true,
      };
    case 'BODY':
    case 'BODY.PEEK': {
      const { section, text } = sectionSpec(reader);
      return withPartial(reader, {
        kind: 'section',
        label: `BODY[${text}]`,
        section,
        setsSeen: name === 'BODY',
      });
    }
    case 'BINARY':
    case 'BINARY.PEEK': {
      const { section, text } = binarySpec(reader);
      return withPartial(reader, {
        kind: 'binary',
        label: `BINARY[${text}]`,
        section,
        setsSeen: name === 'BINARY',
      });
    }
    case 'BINARY.SIZE': {
      const { section, text } = binarySpec(reader);
      return { kind: 'binary-size', label: `BINARY.SIZE[${text}]`, section, setsSeen: false };
    }
    default:
      throw bad(`There is no item ${name}.`);
  }
}

interface Spec {
  readonly section: Section;
  /** As the answer shows it. */
  readonly text: string;
}

const partPattern = /[1-9][0-9]{0,8}(?:\.[1-9][0-9]{0,8})*/y;
const whatPattern = /HEADER\.FIELDS\.NOT|HEADER\.FIELDS|HEADER|TEXT|MIME/iy;
const kinds: Readonly<Record<string, Section['what']>> = {
  HEADER: 'header',
  'HEADER.FIELDS': 'fields',
  'HEADER.FIELDS.NOT': 'other-fields',
  TEXT: 'text',
  MIME: 'mime',
};

/** RFC 3501 §9: section = "[" [section-spec] "]". */
function sectionSpec(reader: Reader): Spec {
  reader.expect('[');
  const [partText = ''] = reader.match(partPattern) ?? [];
  const part = partNumbers(partText);
  if (part.length > 0 && !reader.take('.')) {
    reader.expect(']');
    return { section: { part, what: 'whole', names: noNames }, text: partText };
  }
  const [word] = reader.match(whatPattern) ?? [];
  if (word === undefined) {
    if (part.length > 0) throw bad('That is no part of a message.');
    reader.expect(']');
    return { section: wholeMessage, text: '' };
  }
  const name = word.toUpperCase();
  const what = kinds[name] ?? 'whole';
  // RFC 3501 §6.4.5: MIME is the header of a part, and the message itself is none.
  if (what === 'mime' && part.length === 0) throw bad('MIME needs the number of a part.');
  const fields = what === 'fields' || what === 'other-fields' ? fieldNames(reader) : [];
  reader.expect(']');
  const list =
    fields.length === 0
      ? ''
      : ` (${fields.map((field) => formatAstring(field, { isUtf8: false })).join(' ')})`;
  return {
    section: { part, what, names: new Set(fields.map((field) => field.toLowerCase())) },
    text: `${partText}${part.length > 0 ? '.' : ''}${name}${list}`,
  };
}

/** RFC 3516 §4.3: section-binary has part numbers only. */
function binarySpec(reader: Reader): Spec {
  reader.expect('[');
  const [text = ''] = reader.match(partPattern) ?? [];
  reader.expect(']');
  return { section: { part: partNumbers(text), what: 'whole', names: noNames }, text };
}

function partNumbers(text: string): readonly number[] {
  return text === '' ? [] : text.split('.').map(Number);
}

function fieldNames(reader: Reader): readonly string[] {
  reader.space();
  return reader.list(() => reader.astring().toUpperCase());
}

/** RFC 3501 §6.4.5: "<" start "." length ">"; the answer names the start only. */
function withPartial(reader: Reader, item: SectionItem): SectionItem {
  const match = reader.match(/<([0-9]{1,19})\.([1-9][0-9]{0,18})>/y);
  if (match === undefined) {
    if (reader.peek === '<') throw bad('A range is "<start.length>".');
    return item;
  }
  const partial: Partial = { start: Number(match[1]), length: Number(match[2]) };
  return { ...item, label: `${item.label}<${match[1]}>`, partial };
}
