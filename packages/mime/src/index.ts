// The public face of @restante/mime.
export { addressesMax, parseAddresses } from './address-list.ts';
export { baseSubject, type BaseSubject } from './base-subject.ts';
export { decodeCharset, guessText, isKnownCharset } from './charset.ts';
export { parseDateTime, type DateTime } from './date-time.ts';
export { countFields, editHeader, hasField, type HeaderChange } from './edit-header.ts';
export { encodePhrase, encodeText, fieldLine, formatMailbox } from './encode-text.ts';
export { decodeWords } from './encoded-words.ts';
export {
  headerEnd,
  headerFields,
  rawValue,
  selectFields,
  type FieldChoice,
  type HeaderField,
  splitMessage,
} from './header-block.ts';
export { htmlText } from './html-text.ts';
export { formatDateTime, formatInternalDate, parseInternalDate } from './internal-date.ts';
export type { Envelope, MailAddress, MessagePart, ReadMessage } from './message.ts';
export { messageIdsIn } from './message-ids.ts';
export { parameterText, parseParameters, type ValueWithParameters } from './parameters.ts';
export { decodedBody, partAt, sectionRange, type ByteRange, type SectionKind } from './part-at.ts';
export { isMessage, isMultipart, isText } from './part-fields.ts';
export { fileNameOf, headerText, partText, plainTextOf, type TextLimit } from './plain-text.ts';
export { previewCharactersMax, previewOf } from './preview.ts';
export { depthMax, partsMax, readMessage } from './read-message.ts';
export {
  decodeTransfer,
  transferDecoder,
  transferEncodingOf,
  type TransferDecoder,
  type TransferEncoding,
} from './transfer-encoding.ts';
