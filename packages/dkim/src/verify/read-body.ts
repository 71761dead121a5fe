// Reads a body once, for everybody who wants a digest of it. What is in memory already is read without a turn of the loop.
import { BodyDigests, type BodyWish } from '../canonical/body-digests.ts';
import type { MessageToVerify } from './dkim-verifier.ts';
import type { Flaw } from './signature-fields.ts';

/** Digests of the wishes, or why the body could not be read; throws the reason of the signal only. */
export async function readBody(
  message: MessageToVerify,
  wishes: readonly BodyWish[],
  signal?: AbortSignal,
): Promise<BodyDigests | Flaw> {
  const digests = new BodyDigests(wishes);
  if (wishes.length === 0) return digests;
  try {
    const body = message.body();
    if (Symbol.iterator in body) {
      for (const chunk of body) digests.update(chunk);
    } else {
      for await (const chunk of body) {
        if (signal?.aborted) break;
        digests.update(chunk);
      }
    }
  } catch {
    signal?.throwIfAborted();
    // Whoever reads the message next has the same trouble and reports it; here it is "could not find out".
    return { result: 'temperror', problem: 'The message could not be read.' };
  }
  signal?.throwIfAborted();
  digests.end();
  return digests;
}
