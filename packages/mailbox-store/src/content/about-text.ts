// Envelope, structure and preview of one message as one string: what both sides of it agree on.
//
// Tokens in a fixed order, NUL between them: reading it back is the hot path of FETCH over a whole folder, one split and no parser.
// Nothing read from a message has a NUL (mime's promise for raw texts; decoded ones are cleaned when written).
import type { ReadMessage } from '@restante/mime';

export interface About {
  readonly about: ReadMessage;
  readonly preview: string;
}

export const separator = '\0';
/** There is none. */
export const absent = '\u0001';
/** A list that is the one of From; a name that needs no decoding. */
export const same = '\u0002';
