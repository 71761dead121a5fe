// DNS for people who look: records, nothing, or the reason why nobody knows. "Could not find out" is never "none" (RFC 2308).
import { DnsError } from '@restante/dns';

export type Asked<T> =
  | { readonly kind: 'found'; readonly value: T }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'unknown'; readonly why: string };

export async function asked<T>(question: Promise<T>): Promise<Asked<T>> {
  try {
    return { kind: 'found', value: await question };
  } catch (cause) {
    if (!(cause instanceof DnsError)) throw cause;
    return cause.isTransient ? { kind: 'unknown', why: cause.message } : { kind: 'nothing' };
  }
}
