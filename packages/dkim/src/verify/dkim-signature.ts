// One DKIM-Signature field, read (RFC 6376 §3.5, §6.1.1): what it says of itself, and whether it is worth checking.
import type { HeaderField } from '../canonical/header-fields.ts';
import { readMessageSignature, type MessageSignature, type TagsAt } from './message-signature.ts';
import { hostName, isFlaw, missingTag, permanent, valueOf, type Flaw } from './signature-fields.ts';
import { parseTagList, withoutFolds, type Tags } from './tag-list.ts';

export interface DkimSignature extends MessageSignature {
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

function readTags(field: HeaderField, { tags, nowMs }: TagsAt): DkimSignature | Flaw {
  const flaw = missingTag(tags, ['v']);
  if (flaw !== undefined) return flaw;
  if (valueOf(tags, 'v') !== '1') return permanent('The version is not 1.');
  const signature = readMessageSignature(field, { tags, nowMs });
  if (isFlaw(signature)) return signature;
  const identityDomain = domainOfIdentity(tags, signature.domain);
  if (isFlaw(identityDomain)) return identityDomain;
  return { ...signature, isOfDomainItself: identityDomain === signature.domain };
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
