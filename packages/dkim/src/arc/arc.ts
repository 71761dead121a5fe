// ARC (RFC 8617): what those before us found, passed on under seal, and our own seal when mail goes on to somebody who is not us.
import type { MessageToVerify } from '../verify/dkim-verifier.ts';

export interface ArcAnswer {
  /** RFC 8617 §5.2: the state of the chain as it came. */
  readonly result: 'none' | 'pass' | 'fail' | 'temperror';
  /** Number of sets. */
  readonly instances: number;
  /** d= of the seals, first to last; believed only with "pass". */
  readonly sealers: readonly string[];
  /** The value of each ARC-Authentication-Results, first to last. */
  readonly results: readonly string[];
  readonly problem?: string;
}

export interface ArcVerifier {
  /** Never throws but for its signal. */
  verify(message: MessageToVerify, signal?: AbortSignal): Promise<ArcAnswer>;
}

export interface ToSeal {
  readonly message: MessageToVerify;
  /** The chain as verify() found it. A chain that failed before is not gone on with (§5.1). */
  readonly chain: ArcAnswer;
  /** What we found: the value of an Authentication-Results field, authserv-id included, one line. */
  readonly results: string;
  /** Domain whose key seals. */
  readonly domain: string;
  readonly atMs: number;
}

export interface ArcSealer {
  /** ARC-Seal, ARC-Message-Signature and ARC-Authentication-Results, CRLF ended, for the top of the message; '' when it cannot be sealed. */
  seal(toSeal: ToSeal): Promise<string>;
}
