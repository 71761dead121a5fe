// A signature over a message, as DKIM-Signature (RFC 6376 §3.5) and ARC-Message-Signature (RFC 8617 §4.1.2) share it: read and judged.
//
// What cannot be believed is refused before DNS is asked. What was signed is compared in the end: the fields, the body, how much of
// it, and that the message has the one author who signed.
import type { BodyDigests, BodyWish } from '../canonical/body-digests.ts';
import { relaxedField, type Header, type HeaderField } from '../canonical/header-fields.ts';
import { checkSignature, type Checked } from './check-signature.ts';
import type { FoundKeysOf } from './key-finder.ts';
import {
  isFlaw,
  missingTag,
  permanent,
  readAlgorithm,
  readBodyHash,
  readCanonicalizations,
  readNames,
  readPlace,
  readSignature,
  withoutSignature,
  type Canonicalizations,
  type Flaw,
  type SignedFields,
} from './signature-fields.ts';
import { colonList, withoutFolds, type Tags } from './tag-list.ts';

export interface MessageSignature extends SignedFields {
  readonly field: HeaderField;
  readonly tags: Tags;
  readonly canonicalizations: Canonicalizations;
  readonly names: readonly string[];
  readonly bodyHash: Buffer;
  /** l=. */
  readonly lengthBytes?: number;
}

export interface TagsAt {
  readonly tags: Tags;
  readonly nowMs: number;
}

// Clocks differ, by an hour where somebody mistook the zone; a signature of tomorrow is no mistake of a clock.
const futureMaxSeconds = 3_600;

export function readMessageSignature(
  field: HeaderField,
  { tags, nowMs }: TagsAt,
): MessageSignature | Flaw {
  const flaw =
    missingTag(tags, ['a', 'b', 'bh', 'd', 'h', 's']) ?? timeFlaw(tags, nowMs) ?? queryFlaw(tags);
  if (flaw !== undefined) return flaw;
  const place = readPlace(tags);
  if (isFlaw(place)) return place;
  const keyType = readAlgorithm(tags);
  if (isFlaw(keyType)) return keyType;
  const canonicalizations = readCanonicalizations(tags);
  if (isFlaw(canonicalizations)) return canonicalizations;
  const names = readNames(tags);
  if (isFlaw(names)) return names;
  const signature = readSignature(tags);
  if (isFlaw(signature)) return signature;
  const bodyHash = readBodyHash(tags);
  if (isFlaw(bodyHash)) return bodyHash;
  const length = readLength(tags);
  if (isFlaw(length)) return length;
  return {
    ...place,
    ...length,
    field,
    tags,
    keyType,
    canonicalizations,
    names,
    signature,
    bodyHash,
  };
}

/** t= and x= are seconds since 1970, up to twelve digits at least (RFC 6376 §3.5). */
function timeFlaw(tags: Tags, nowMs: number): Flaw | undefined {
  const [signed, expires] = [seconds(tags, 't'), seconds(tags, 'x')];
  if (Number.isNaN(signed)) return permanent('t= is not a time.');
  if (Number.isNaN(expires)) return permanent('x= is not a time.');
  if (signed !== undefined && expires !== undefined && expires <= signed) {
    return permanent('The signature ends before it begins.');
  }
  if (signed !== undefined && signed > nowMs / 1000 + futureMaxSeconds) {
    return { result: 'policy', problem: 'The signature is from the future.' };
  }
  if (expires !== undefined && expires < nowMs / 1000) {
    return { result: 'policy', problem: 'The signature has expired.' };
  }
  return undefined;
}

function seconds(tags: Tags, name: string): number | undefined {
  const value = tags.get(name)?.value;
  if (value === undefined) return undefined;
  return /^\d{1,20}$/.test(value) ? Number(value) : Number.NaN;
}

/** q=: of several ways to ask for the key we know one (RFC 6376 §3.5). */
function queryFlaw(tags: Tags): Flaw | undefined {
  const ways = colonList(tags.get('q')?.value.toLowerCase() ?? 'dns/txt');
  if (ways.some((way) => withoutFolds(way) === 'dns/txt')) return undefined;
  return { result: 'neutral', problem: 'The key is nowhere we can ask for it.' };
}

function readLength(tags: Tags): { readonly lengthBytes?: number } | Flaw {
  const value = tags.get('l')?.value;
  if (value === undefined) return {};
  // RFC 6376 §3.5: up to 76 digits; no body is as long as the largest of them, exact or not.
  return /^\d{1,76}$/.test(value)
    ? { lengthBytes: Number(value) }
    : permanent('l= is not a length.');
}

/** What the signature needs to know of the body. */
export function wishOf({ canonicalizations, lengthBytes }: MessageSignature): BodyWish {
  const canonicalization = canonicalizations.body;
  return lengthBytes === undefined ? { canonicalization } : { canonicalization, lengthBytes };
}

export interface Evidence {
  readonly header: Header;
  readonly digests: BodyDigests | Flaw;
  readonly keysOf: FoundKeysOf;
}

export function judgeMessageSignature(
  signature: MessageSignature,
  { header, digests, keysOf }: Evidence,
): Checked {
  if (isFlaw(digests)) return { flaw: digests };
  const input = signedText(header, signature);
  const { record, flaw } = checkSignature(signature, keysOf(signature), input);
  const found = flaw ?? bodyFlaw(signature, digests) ?? authorFlaw(header);
  return { ...(record && { record }), ...(found && { flaw: found }) };
}

/** RFC 6376 §3.7: the chosen fields, then the signature itself. */
function signedText(header: Header, signature: MessageSignature): string {
  const { field, tags, names, canonicalizations } = signature;
  const isRelaxed = canonicalizations.header === 'relaxed';
  let text = '';
  for (const each of header.choose(names, field)) {
    text += isRelaxed ? `${each.relaxed}\r\n` : each.text;
  }
  const itself = withoutSignature(field, tags);
  return text + (isRelaxed ? relaxedField(itself) : itself);
}

function bodyFlaw(signature: MessageSignature, digests: BodyDigests): Flaw | undefined {
  const { sha256, sizeBytes } = digests.digestOf(wishOf(signature));
  if (sha256 === undefined) return { result: 'fail', problem: 'The body is shorter than l= says.' };
  if (!sha256.equals(signature.bodyHash)) {
    return { result: 'fail', problem: 'The body has been changed.' };
  }
  if (signature.lengthBytes === undefined || signature.lengthBytes >= sizeBytes) return undefined;
  // RFC 6376 §8.2: what is behind the signed length could be anything.
  return { result: 'policy', problem: 'Only a part of the body is signed.' };
}

/** RFC 6376 §8.15: of two authors the reader may be shown the one that nobody signed. */
function authorFlaw(header: Header): Flaw | undefined {
  const { length } = header.named('from');
  if (length === 1) return undefined;
  const problem = length === 0 ? 'The message has no From.' : 'The message has more than one From.';
  return { result: 'policy', problem };
}
