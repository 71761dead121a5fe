// What signatures of DKIM (RFC 6376 §3.5), messages and seals of ARC (RFC 8617 §4.1) have in common, read from their tags.
import { parseDnsName } from '@restante/dns';
import type { Canonicalization } from '../canonical/canonical-body.ts';
import type { HeaderField } from '../canonical/header-fields.ts';
import { colonList, decodeBase64, withoutFolds, type Tags } from './tag-list.ts';

/** Why something is not a pass, in the words of RFC 8601 §2.7.1. */
export interface Flaw {
  readonly result: 'fail' | 'policy' | 'neutral' | 'temperror' | 'permerror';
  readonly problem: string;
}

export function isFlaw(value: unknown): value is Flaw {
  return typeof value === 'object' && value !== null && 'problem' in value;
}

export function permanent(problem: string): Flaw {
  return { result: 'permerror', problem };
}

/** Who signed: where the key stands. */
export interface KeyPlace {
  /** d= and s=, lower-case A-labels. */
  readonly domain: string;
  readonly selector: string;
}

export type KeyType = 'rsa' | 'ed25519';

/** A signature over fields, to be checked with a key. */
export interface SignedFields extends KeyPlace {
  readonly keyType: KeyType;
  readonly signature: Buffer;
}

/** RFC 6376 §6.1.1: a required tag that is missing. */
export function missingTag(tags: Tags, required: readonly string[]): Flaw | undefined {
  const missing = required.find((name) => !tags.has(name));
  return missing === undefined ? undefined : permanent(`The signature has no ${missing}=.`);
}

export function valueOf(tags: Tags, name: string): string {
  return tags.get(name)?.value ?? '';
}

export function readPlace(tags: Tags): KeyPlace | Flaw {
  const domain = hostName(valueOf(tags, 'd'));
  if (domain === undefined) return permanent('d= is not a domain.');
  const selector = hostName(valueOf(tags, 's'));
  if (selector === undefined) return permanent('s= is not a selector.');
  const name = parseDnsName(`${selector}._domainkey.${domain}`);
  return name.ok ? { domain, selector } : permanent('d= and s= are too long for a name in DNS.');
}

/** Names from tags are bytes; beyond ASCII they are UTF-8 (RFC 8616 §4). */
export function hostName(text: string): string | undefined {
  const name = parseDnsName(Buffer.from(text, 'latin1').toString('utf8'));
  return name.ok && !text.endsWith('.') && hostLabels.test(name.value) ? name.value : undefined;
}

const hostLabels = /^[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*$/;

export function readAlgorithm(tags: Tags): KeyType | Flaw {
  const algorithm = valueOf(tags, 'a').toLowerCase();
  if (algorithm === 'rsa-sha256') return 'rsa';
  if (algorithm === 'ed25519-sha256') return 'ed25519';
  // RFC 8301 §3.1: not for signing, not for verifying.
  if (algorithm === 'rsa-sha1') return { result: 'policy', problem: 'SHA-1 proves nothing.' };
  // RFC 6376 §3.3.4: ignored, as if it were not there.
  return { result: 'neutral', problem: 'The algorithm is not known here.' };
}

export function readSignature(tags: Tags): Buffer | Flaw {
  return decodeBase64(valueOf(tags, 'b')) ?? permanent('b= is not base64.');
}

export function readBodyHash(tags: Tags): Buffer | Flaw {
  const hash = decodeBase64(valueOf(tags, 'bh'));
  return hash?.length === 32 ? hash : permanent('bh= is not a SHA-256 in base64.');
}

export interface Canonicalizations {
  readonly header: Canonicalization;
  readonly body: Canonicalization;
}

/** RFC 6376 §3.5: without c= simple/simple, with half of it simple for the body. */
export function readCanonicalizations(tags: Tags): Canonicalizations | Flaw {
  const [header = '', body = 'simple', ...more] = withoutFolds(
    tags.get('c')?.value.toLowerCase() ?? 'simple',
  ).split('/');
  if (isKnown(header) && isKnown(body) && more.length === 0) return { header, body };
  // RFC 6376 §3.4: a signature in a form that is not known is ignored.
  return { result: 'neutral', problem: 'The canonicalization is not known here.' };
}

function isKnown(how: string): how is Canonicalization {
  return how === 'simple' || how === 'relaxed';
}

/** h= in lower case. RFC 6376 §5.4: From has to be among them. */
export function readNames(tags: Tags): readonly string[] | Flaw {
  const names = colonList(valueOf(tags, 'h').toLowerCase());
  if (!names.every((name) => fieldName.test(name))) return permanent('h= is not a list of fields.');
  return names.includes('from') ? names : permanent('From is not signed.');
}

const fieldName = /^[!-9<-~]+$/;

/** RFC 6376 §3.7: the field as it was when it was signed: b= empty, no line end. */
export function withoutSignature(field: HeaderField, tags: Tags): string {
  const { start = 0, end = 0 } = tags.get('b') ?? {};
  const text = `${field.text.slice(0, start)}${field.text.slice(end)}`;
  return text.endsWith('\r\n') ? text.slice(0, -2) : text;
}
