// Bytes of a client as text: bounded and strictly UTF-8. What is not both is malformed, and costs nobody any time.
import { isUtf8 } from 'node:buffer';

/** No mechanism of ours needs more; base64 has been taken off already. */
export const responseMaxBytes = 4096;

/** Undefined when too long or not UTF-8 (RFC 4616 §2, RFC 5802 §5.1). */
export function readText(response: Buffer): string | undefined {
  if (response.length > responseMaxBytes || !isUtf8(response)) return undefined;
  return response.toString('utf8');
}
