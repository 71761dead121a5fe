// BODY and BODYSTRUCTURE on the wire (RFC 3501 §7.4.2), one character a byte.
//
// It calls itself once a level; the reader of messages bounds the levels.
import { isMessage, isMultipart, isText, type MessagePart } from '@restante/mime';
import type { StringRules } from '../wire/wire-string.ts';
import { formatEnvelope, unicode } from './envelope.ts';

export interface StructureRules extends StringRules {
  /** BODYSTRUCTURE has the extension fields, BODY has not. */
  readonly isExtended: boolean;
}

/** What stands where the grammar wants a part and there is none. */
const nothing = '("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 0 0)';
const nobody = '(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)';

export function formatBodyStructure(part: MessagePart, rules: StructureRules): string {
  return isMultipart(part) ? multipart(part, rules) : single(part, rules);
}

function multipart(part: MessagePart, rules: StructureRules): string {
  // RFC 3501 §9: body-type-mpart = 1*body, so an empty multipart shows an empty text.
  const inner =
    part.parts.length === 0
      ? nothing
      : part.parts.map((child) => formatBodyStructure(child, rules)).join('');
  const extension = rules.isExtended
    ? ` ${parameters(part.parameters, rules)}${extensionFields(part, rules)}`
    : '';
  return `(${inner} ${unicode(part.subtype, rules)}${extension})`;
}

function single(part: MessagePart, rules: StructureRules): string {
  const fields = [
    unicode(part.type, rules),
    unicode(part.subtype, rules),
    parameters(part.parameters, rules),
    unicode(part.id, rules),
    unicode(part.description, rules),
    unicode(part.encoding, rules),
    String(part.bodyEnd - part.bodyStart),
  ];
  if (isMessage(part)) {
    const [inside] = part.parts;
    fields.push(
      part.envelope === undefined ? nobody : formatEnvelope(part.envelope, rules),
      inside === undefined ? nothing : formatBodyStructure(inside, rules),
      String(part.lines),
    );
  } else if (isText(part)) fields.push(String(part.lines));
  const extension = rules.isExtended
    ? ` ${unicode(part.md5, rules)}${extensionFields(part, rules)}`
    : '';
  return `(${fields.join(' ')}${extension})`;
}

/** Disposition, language, location. */
function extensionFields(part: MessagePart, rules: StructureRules): string {
  const { disposition, language } = part;
  const disposed =
    disposition === undefined
      ? 'NIL'
      : `(${unicode(disposition.type, rules)} ${parameters(disposition.parameters, rules)})`;
  const languages =
    language.length === 0 ? 'NIL' : `(${language.map((tag) => unicode(tag, rules)).join(' ')})`;
  return ` ${disposed} ${languages} ${unicode(part.location, rules)}`;
}

function parameters(map: ReadonlyMap<string, string>, rules: StructureRules): string {
  if (map.size === 0) return 'NIL';
  const pairs = [...map].map(([name, value]) => `${unicode(name, rules)} ${unicode(value, rules)}`);
  return `(${pairs.join(' ')})`;
}
