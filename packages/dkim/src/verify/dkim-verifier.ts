// Checks the DKIM signatures of a message (RFC 6376, RFC 8301, RFC 8463).
//
// Promises
// - The body is read once, whatever the number of signatures and canonicalizations; memory does not grow with it.
// - At most `signaturesMax` are checked, the rest is "policy". A key that DNS could not give is temperror (§6.1.2), never fail.
// - Threat 27: l= shorter than the body, keys under 1024 bits, rsa-sha1, an x= in the past, a From that is not signed, NUL or nonsense
//   in tags: never "pass". A second From in the message makes a signature over one of them worthless (§8.15): "policy".
import type { Resolver } from '@restante/dns';
import type { Clock } from '@restante/runtime';

export interface MessageToVerify {
  /** Header lines as they came, CRLF ended, latin1 (one character a byte), without the empty line. */
  readonly header: string;
  /** The body behind the empty line; may be asked for more than once. */
  body(): Iterable<Buffer> | AsyncIterable<Buffer>;
}

export interface DkimVerification {
  /** RFC 8601 §2.7.1. */
  readonly result: 'pass' | 'fail' | 'policy' | 'neutral' | 'temperror' | 'permerror';
  readonly domain: string;
  readonly selector: string;
  /** i=, or "@" and the domain. */
  readonly identity: string;
  readonly algorithm: string;
  readonly keyBits?: number;
  /** t=y in the key record. */
  readonly isTesting: boolean;
  /** First eight characters of b= (RFC 6008). */
  readonly signatureStart: string;
  /** Why it is not a pass; one sentence. */
  readonly problem?: string;
}

export interface DkimVerifierOptions {
  readonly resolver: Pick<Resolver, 'resolve'>;
  readonly clock: Clock;
  readonly budgetMs: number;
  readonly signaturesMax: number;
}

export interface DkimVerifier {
  /** In the order of the signatures in the header; empty: none. Never throws but for its signal. */
  verify(message: MessageToVerify, signal?: AbortSignal): Promise<readonly DkimVerification[]>;
}
