// One DKIM-Signature field, read (RFC 6376 §3.5, §6.1.1). What cannot be believed is refused before DNS is asked.
import type { HeaderField } from '../canonical/header-fields.ts';
import {
  hostName,
  isFlaw,
  missingTag,
  permanent,
  readAlgorithm,
  readBodyHash,
  readCanonicalizations,
  readNames,
  readPlace,
  readSignature,
  valueOf,
  type Canonicalizations,
  type Flaw,
  type SignedFields,
} from './signature-fields.ts';
import { colonList, parseTagList, withoutFolds, type Tags } from './tag-list.ts';

export interface DkimSignature extends SignedFields {
  readonly field: HeaderField;
  readonly tags: Tags;
  readonly canonicalizations: Canonicalizations;
  readonly names: readonly string[];
  readonly bodyHash: Buffer;
  /** l=. */
  readonly lengthBytes?: number;
  /** i= is in d= itself, not below it. */
  readonly isOfDomainItself: boolean;
}

/** What a report says of a signature, good or not; what could not be read is empty. */
export interface SignatureFacts {
  readonly domain: string;
  readonly selector: string;
  readonly identity: string;
  readonly algorithm: string;
  readonly signatureStart: string;
}

export interface ReadSignature {
  readonly facts: SignatureFacts;
  readonly signature: DkimSignature | Flaw;
}

// Clocks differ; a signature of the day after tomorrow is no mistake of a clock.
const futureMaxSeconds = 3_600;

export function readDkimSignature(field: HeaderField, nowMs: number): ReadSignature {
  const tags = parseTagList(field.text, field.valueAt);
  if (tags === undefined) {
    return { facts: noFacts, signature: permanent('The signature is not a list of tags.') };
  }
  return { facts: factsOf(tags), signature: readTags(field, { tags, nowMs }) };
}

const noFacts = { domain: '', selector: '', identity: '', algorithm: '', signatureStart: '' };

function factsOf(tags: Tags): SignatureFacts {
  const domain = hostName(valueOf(tags, 'd')) ?? '';
  return {
    domain,
    selector: hostName(valueOf(tags, 's')) ?? '',
    identity: tags.has('i') ? withoutFolds(valueOf(tags, 'i')) : `@${domain}`,
    algorithm: valueOf(tags, 'a').toLowerCase(),
    // RFC 6008 §4: eight characters tell signatures of one domain apart.
    signatureStart: withoutFolds(valueOf(tags, 'b')).slice(0, 8),
  };
}

function readTags(
  field: HeaderField,
  { tags, nowMs }: { readonly tags: Tags; readonly nowMs: number },
): DkimSignature | Flaw {
  const flaw =
    missingTag(tags, ['v', 'a', 'b', 'bh', 'd', 'h', 's']) ??
    versionFlaw(tags) ??
    timeFlaw(tags, nowMs) ??
    queryFlaw(tags);
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
  const identityDomain = domainOfIdentity(tags, place.domain);
  if (isFlaw(identityDomain)) return identityDomain;
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
    isOfDomainItself: identityDomain === place.domain,
  };
}

function versionFlaw(tags: Tags): Flaw | undefined {
  return valueOf(tags, 'v') === '1' ? undefined : permanent('The version is not 1.');
}

/** t= and x= are seconds since 1970, up to twelve digits at least (RFC 6376 §3.5). */
function timeFlaw(tags: Tags, nowMs: number): Flaw | undefined {
  const [signed, expires] = [seconds(tags, 't'), seconds(tags, 'x')];
  if (signed !== undefined && Number.isNaN(signed)) return permanent('t= is not a time.');
  if (expires !== undefined && Number.isNaN(expires)) return permanent('x= is not a time.');
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
  return value === undefined ? undefined : /^\d{1,20}$/.test(value) ? Number(value) : Number.NaN;
}

/** q=: of several ways to ask for the key we know one (RFC 6376 §3.5). */
function queryFlaw(tags: Tags): Flaw | undefined {
  const ways = colonList(tags.get('q')?.value.toLowerCase() ?? 'dns/txt');
  if (ways.some((way) => withoutFolds(way) === 'dns/txt')) return undefined;
  return { result: 'neutral', problem: 'The key is nowhere we can ask for it.' };
}

/** RFC 6376 §3.5: i= is in d= or below it. */
function domainOfIdentity(tags: Tags, domain: string): string | Flaw {
  if (!tags.has('i')) return domain;
  const identity = withoutFolds(valueOf(tags, 'i'));
  const at = identity.lastIndexOf('@');
  const own = at < 0 ? undefined : hostName(identity.slice(at + 1));
  if (own === domain || own?.endsWith(`.${domain}`)) return own;
  return permanent('i= is not in the domain of d=.');
}

function readLength(tags: Tags): { readonly lengthBytes?: number } | Flaw {
  const value = tags.get('l')?.value;
  if (value === undefined) return {};
  // RFC 6376 §3.5: up to 76 digits; no body is as long as the largest of them, exact or not.
  return /^\d{1,76}$/.test(value)
    ? { lengthBytes: Number(value) }
    : permanent('l= is not a length.');
}
