// What a part's own header says about it: type, encoding, disposition and so on, with the defaults of RFC 2045 §5.2.
import type { MessagePart } from './message.ts';
import { noParameters, parseParameters } from './parameters.ts';
import { shortFieldText, type ScannedHeader } from './scan-header.ts';

export type PartFields = Pick<
  MessagePart,
  'type' | 'subtype' | 'parameters' | 'encoding' | 'language'
> &
  Partial<Pick<MessagePart, 'id' | 'description' | 'md5' | 'disposition' | 'location'>>;

/** A part that is being read. */
export type PartDraft = {
  -readonly [Key in keyof Omit<MessagePart, 'parts'>]: MessagePart[Key];
} & { parts: MessagePart[] };

const asciiOnly: ReadonlyMap<string, string> = new Map([['charset', 'us-ascii']]);
const noLanguage: readonly string[] = [];

export interface PartPlace {
  readonly headerStart: number;
  readonly bodyStart: number;
  /** Parts of a multipart/digest are messages unless they say otherwise (RFC 2046 §5.1.5). */
  readonly isDigest: boolean;
}

export function draftPart(bytes: Buffer, header: ScannedHeader, place: PartPlace): PartDraft {
  const draft: PartDraft = {
    type: place.isDigest ? 'message' : 'text',
    subtype: place.isDigest ? 'rfc822' : 'plain',
    parameters: noParameters,
    encoding: '7BIT',
    language: noLanguage,
    headerStart: place.headerStart,
    bodyStart: place.bodyStart,
    bodyEnd: place.bodyStart,
    lines: 0,
    parts: [],
  };
  let seen = '';
  for (const field of header.fields) {
    const { name } = field;
    // Of a field that stands twice the first counts, as for Dovecot.
    if (!name.startsWith('content-') || seen.includes(name)) continue;
    seen += name;
    readField(draft, name, shortFieldText(bytes, header, field));
  }
  // RFC 2045 §5.2: plain US-ASCII text, when nothing else is said.
  if (draft.type.toLowerCase() === 'text' && !draft.parameters.has('charset')) {
    draft.parameters =
      draft.parameters.size === 0 ? asciiOnly : new Map([...draft.parameters, ...asciiOnly]);
  }
  return draft;
}

function readField(draft: PartDraft, name: string, text: string): void {
  if (text === '') return;
  switch (name) {
    case 'content-type':
      readType(draft, text);
      break;
    case 'content-transfer-encoding':
      draft.encoding = parseParameters(text).value || '7BIT';
      break;
    case 'content-disposition': {
      const { value, parameters } = parseParameters(text);
      if (value !== '') draft.disposition = { type: value, parameters };
      break;
    }
    case 'content-id':
      draft.id = text;
      break;
    case 'content-description':
      draft.description = text;
      break;
    case 'content-md5':
      draft.md5 = text;
      break;
    case 'content-location':
      draft.location = text;
      break;
    case 'content-language':
      draft.language = text
        .split(',', 50)
        .map((tag) => tag.trim())
        .filter((tag) => tag !== '');
      break;
    default:
  }
}

function readType(draft: PartDraft, text: string): void {
  const { value, parameters } = parseParameters(text);
  const slash = value.indexOf('/');
  // RFC 2045 §5.2: a type that cannot be read counts as none.
  if (slash <= 0 || slash === value.length - 1) return;
  draft.type = value.slice(0, slash);
  draft.subtype = value.slice(slash + 1);
  draft.parameters = parameters;
}

/** A part that is not looked into: bytes. */
export function makeOpaque(draft: PartDraft): void {
  draft.type = 'application';
  draft.subtype = 'octet-stream';
  draft.parameters = noParameters;
}

/** A multipart has at least one part (RFC 3501 §9, body-type-mpart); one without has this. */
export function emptyPart(at: number): MessagePart {
  return {
    type: 'text',
    subtype: 'plain',
    parameters: asciiOnly,
    encoding: '7BIT',
    language: noLanguage,
    headerStart: at,
    bodyStart: at,
    bodyEnd: at,
    lines: 0,
    parts: [],
  };
}

export function isMultipart({ type }: Pick<MessagePart, 'type'>): boolean {
  return type.toLowerCase() === 'multipart';
}

/** A part that holds a message: RFC 2046 §5.2.1, RFC 6532 §3.7. */
export function isMessage({ type, subtype }: Pick<MessagePart, 'type' | 'subtype'>): boolean {
  if (type.toLowerCase() !== 'message') return false;
  const lower = subtype.toLowerCase();
  return lower === 'rfc822' || lower === 'global';
}

export function isText({ type }: Pick<MessagePart, 'type'>): boolean {
  return type.toLowerCase() === 'text';
}
