// The two messages of a SCRAM client (RFC 5802 §7), read strictly: attributes in their order, bounded, nothing left over.
import { isBase64 } from './is-base64.ts';
import { type Gs2Header, parseGs2Header } from './gs2-header.ts';
import { decodeSaslName } from './sasl-name.ts';

export interface ClientFirst {
  readonly header: Gs2Header;
  /** client-first-message-bare, part of what is signed. */
  readonly bare: string;
  readonly login: string;
  readonly nonce: string;
}

export interface ClientFinal {
  readonly binding: Buffer;
  readonly nonce: string;
  readonly proof: Buffer;
  /** client-final-message-without-proof, part of what is signed. */
  readonly withoutProof: string;
}

// RFC 5802 §5.1: an "m" in front is an extension we would have to know; what follows the nonce may be ignored.
const firstShape = /^n=([^,\0]{1,1024}),r=([\x21-\x2b\x2d-\x7e]{1,512})(?:,[A-Za-z]=[^\0,]+)*$/;
const finalShape =
  /^(c=([A-Za-z0-9+/=]{1,4096}),r=([\x21-\x2b\x2d-\x7e]{1,1024})(?:,[A-Za-z]=[^\0,]+)*),p=([A-Za-z0-9+/]{43}=)$/;

export function parseClientFirst(message: string): ClientFirst | undefined {
  const header = parseGs2Header(message);
  if (header === undefined) return undefined;
  const found = firstShape.exec(header.rest);
  const login = decodeSaslName(found?.[1] ?? '');
  if (found === null || login === undefined) return undefined;
  return { header, bare: header.rest, login, nonce: found[2] ?? '' };
}

export function parseClientFinal(message: string): ClientFinal | undefined {
  const found = finalShape.exec(message);
  if (found === null) return undefined;
  const [, withoutProof = '', binding = '', nonce = '', proof = ''] = found;
  if (!isBase64(binding) || !isBase64(proof)) return undefined;
  return {
    binding: Buffer.from(binding, 'base64'),
    nonce,
    proof: Buffer.from(proof, 'base64'),
    withoutProof,
  };
}
