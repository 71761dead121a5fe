// What one FETCH asks of each message (RFC 3501 §6.4.5, RFC 9051 §6.4.5), once the words are read.

/** Known without reading anything: the folder has it in memory. */
export type PlainItem =
  | 'EMAILID'
  | 'FLAGS'
  | 'INTERNALDATE'
  | 'MODSEQ'
  | 'RFC822.SIZE'
  | 'SAVEDATE'
  | 'THREADID'
  | 'UID';

/** From the message as the index describes it. */
export type DescribedItem = 'BODY' | 'BODYSTRUCTURE' | 'ENVELOPE' | 'PREVIEW';

export interface Partial {
  readonly start: number;
  readonly length: number;
}

/** What is read from the message itself. */
export interface SectionItem {
  readonly kind: 'section' | 'binary' | 'binary-size';
  /** How the answer calls it: BODY[1.MIME]<0>, RFC822.TEXT. */
  readonly label: string;
  readonly section: Section;
  readonly partial?: Partial;
  /** RFC 3501 §6.4.5: anything but the PEEK forms sets \Seen. */
  readonly setsSeen: boolean;
}

export interface Section {
  /** [1, 2] for 1.2; empty for the message itself. */
  readonly part: readonly number[];
  readonly what: 'fields' | 'header' | 'mime' | 'other-fields' | 'text' | 'whole';
  /** In lower case, for the two kinds of fields. */
  readonly names: ReadonlySet<string>;
}

export interface FetchItems {
  readonly plain: readonly PlainItem[];
  readonly described: readonly DescribedItem[];
  readonly sections: readonly SectionItem[];
}

export interface FetchModifiers {
  /** RFC 7162 §3.1.4.1. */
  readonly changedSince?: number;
  /** RFC 7162 §3.2.6. */
  readonly tellsVanished: boolean;
  /** RFC 9394 §3.4: positions among the messages named; negative ones from the end. */
  readonly partial?: { readonly first: number; readonly last: number };
}

/** RFC 3516 §4.3 and RFC 3501 §6.4.5: whether anything here needs the structure of the message. */
export function needsStructure(items: FetchItems): boolean {
  return (
    items.described.length > 0 || items.sections.some(({ section }) => !isStructureless(section))
  );
}

/** Where it lies can be told without the structure: the message itself, and its header, which ends at the first empty line. */
function isStructureless(section: Section): boolean {
  return isWholeMessage(section) || isMessageHeader(section);
}

/** The header of the message, or fields of it; what every client asks of every message it sees for the first time. */
export function isMessageHeader({ part, what }: Section): boolean {
  return part.length === 0 && (what === 'fields' || what === 'header' || what === 'other-fields');
}

export function isWholeMessage({ part, what }: Section): boolean {
  return what === 'whole' && part.length === 0;
}
