// Whether a person would see a paper clip.
import type { MessagePart } from './message.ts';
import { isMessage, isMultipart, isText } from './part-fields.ts';

/** At most depthMax deep. */
export function hasAttachment(part: MessagePart): boolean {
  if (isMultipart(part)) return part.parts.some(hasAttachment);
  const disposition = part.disposition?.type.toLowerCase();
  if (disposition === 'attachment') return true;
  if (isMessage(part)) return part.headerStart > 0;
  if (isText(part)) return part.disposition?.parameters.has('filename') ?? false;
  // Pictures within an HTML text, and what proves who signed it, are none.
  if (part.id !== undefined && disposition !== undefined) return false;
  return part.headerStart > 0 && !/^(?:pgp-|x-pkcs7-|pkcs7-)/i.test(part.subtype);
}
