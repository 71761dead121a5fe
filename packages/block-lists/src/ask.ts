// One question to one list. Never rejects: what DNS could not tell is an answer of its own, "silent".
import { DnsError } from '@restante/dns';
import type { Resolver } from '@restante/dns';

export type Found =
  | { readonly kind: 'records'; readonly records: readonly string[] }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'silent'; readonly why: string };

export async function askAddresses(
  resolver: Pick<Resolver, 'resolve'>,
  name: string,
): Promise<Found> {
  try {
    return { kind: 'records', records: await resolver.resolve(name, 'A') };
  } catch (cause) {
    return kindOf(cause);
  }
}

/** RFC 5782 §2.1: why, for people. One printable line; undefined when there is none. */
export async function askText(
  resolver: Pick<Resolver, 'resolve'>,
  name: string,
): Promise<string | undefined> {
  try {
    const [first] = await resolver.resolve(name, 'TXT');
    return first === undefined ? undefined : printableLine(first.join(''));
  } catch {
    return undefined; // The hit counts without its explanation.
  }
}

const lineMax = 200;

/** It goes into replies and logs: ASCII without controls, one line, not longer than a reply can bear. */
export function printableLine(text: string): string | undefined {
  const line = text
    .slice(0, 4 * lineMax)
    .replaceAll(/[^\x21-\x7e]+/g, ' ')
    .trim()
    .slice(0, lineMax)
    .trimEnd();
  return line === '' ? undefined : line;
}

function kindOf(cause: unknown): Found {
  if (!(cause instanceof DnsError)) return { kind: 'silent', why: 'the question failed' };
  // EBADNAME: too long to be asked, so nobody has listed it.
  return cause.isTransient ? { kind: 'silent', why: cause.code } : { kind: 'nothing' };
}
