// A body in the form that is signed (RFC 6376 §3.4), made while its bytes pass.
//
// Promises: linear, no memory beyond a fixed scratch; the cutting into chunks makes no difference. A line ends with CRLF; CR or LF
// alone are bytes like others, so that nobody can change them behind a signature.
import { RelaxedBody } from './relaxed-body.ts';
import { SimpleBody } from './simple-body.ts';

export type Canonicalization = 'simple' | 'relaxed';

/** Gets the canonical bytes piece by piece; a piece is valid during the call only. */
export type TakeBytes = (bytes: Buffer) => void;

export interface CanonicalBody {
  update(chunk: Buffer): void;
  /** The last line end, if there has to be one. Nothing may follow. */
  end(): void;
}

export function canonicalBody(how: Canonicalization, take: TakeBytes): CanonicalBody {
  return how === 'relaxed' ? new RelaxedBody(take) : new SimpleBody(take);
}
