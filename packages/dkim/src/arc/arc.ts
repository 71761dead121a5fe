// ARC (RFC 8617): what those before us found, passed on under seal, and our own seal when mail goes on to somebody who is not us.
import type { MessageToVerify } from '../verify/dkim-verifier.ts';

export interface ArcAnswer {
  /** RFC 8617 §5.2: the state of the chain as it came. */
  readonly result: 'none' | 'pass' | 'fail' | 'temperror';
  /** Number of sets; of a broken chain the highest instance that is mentioned. */
  readonly instances: number;
  /** d= of the seals, first to last, as far as sets are complete; believed only with "pass". */
  readonly sealers: readonly string[];
  /** The value of each ARC-Authentication-Results behind its "i=1;", first to last: one line, as Authentication-Results is written. */
  readonly results: readonly string[];
  readonly problem?: string;
}

export interface ArcVerifier {
  /** Never throws but for its signal. Reads the body once, and only when there is a chain worth checking. */
  verify(message: MessageToVerify, signal?: AbortSignal): Promise<ArcAnswer>;
}

export interface ToSeal {
  /** As it leaves us: nothing in it may change behind the seal but trace and results (§5.1). */
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
