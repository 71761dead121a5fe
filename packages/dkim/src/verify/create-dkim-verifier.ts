// Signatures of a message, checked: read the fields, ask for the keys while the body is read, compare.
import { Header, relaxedField, type HeaderField } from '../canonical/header-fields.ts';
import type { BodyDigests } from '../canonical/body-digests.ts';
import { checkSignature } from './check-signature.ts';
import { readDkimSignature, type DkimSignature, type SignatureFacts } from './dkim-signature.ts';
import type { DkimVerification, DkimVerifier, DkimVerifierOptions } from './dkim-verifier.ts';
import { createKeyFinder, type FoundKeysOf } from './key-finder.ts';
import type { KeyRecord } from './key-record.ts';
import { readBody } from './read-body.ts';
import {
  isFlaw,
  permanent,
  withoutSignature,
  type Canonicalizations,
  type Flaw,
} from './signature-fields.ts';
import type { Tags } from './tag-list.ts';

export function createDkimVerifier(options: DkimVerifierOptions): DkimVerifier {
  const { clock, signaturesMax } = options;
  const keyFinder = createKeyFinder(options);
  return {
    async verify(message, signal) {
      signal?.throwIfAborted();
      const header = new Header(message.header);
      const read = header.named('dkim-signature').map((field, index) => {
        const { facts, signature } = readDkimSignature(field, clock.now());
        return { facts, signature: index < signaturesMax ? signature : overLimit(signaturesMax) };
      });
      const signatures = read.flatMap(({ signature }) => (isFlaw(signature) ? [] : [signature]));
      // Asking goes on while the body is read.
      const asked = keyFinder.find(signatures, signal);
      const [digests, keysOf] = await Promise.all([
        readBody(message, signatures.map(wishOf), signal),
        asked,
      ]);
      return read.map(({ facts, signature }) =>
        isFlaw(signature)
          ? verification(facts, signature)
          : judge({ header, facts, signature }, { digests, keysOf }),
      );
    },
  };
}

function overLimit(signaturesMax: number): Flaw {
  return { result: 'policy', problem: `Only the first ${signaturesMax} signatures are checked.` };
}

function wishOf({ canonicalizations, lengthBytes }: DkimSignature) {
  const canonicalization = canonicalizations.body;
  return lengthBytes === undefined ? { canonicalization } : { canonicalization, lengthBytes };
}

function judge(
  {
    header,
    facts,
    signature,
  }: {
    readonly header: Header;
    readonly facts: SignatureFacts;
    readonly signature: DkimSignature;
  },
  { digests, keysOf }: { readonly digests: BodyDigests | Flaw; readonly keysOf: FoundKeysOf },
): DkimVerification {
  if (isFlaw(digests)) return verification(facts, digests);
  const input = signedText(header, signature);
  const { record, flaw } = checkSignature(signature, keysOf(signature), input);
  const problem =
    flaw ??
    keyFlaw(signature, record) ??
    bodyFlaw(signature, digests) ??
    lengthFlaw(signature, digests) ??
    authorFlaw(header);
  return verification(facts, problem, record);
}

function verification(
  facts: SignatureFacts,
  flaw: Flaw | undefined,
  record?: KeyRecord,
): DkimVerification {
  return {
    ...facts,
    result: flaw?.result ?? 'pass',
    ...(record === undefined ? {} : { keyBits: record.keyBits }),
    isTesting: record?.isTesting ?? false,
    ...(flaw === undefined ? {} : { problem: flaw.problem }),
  };
}

/** RFC 6376 §3.7: the chosen fields, then the signature itself. */
export function signedText(
  header: Header,
  signature: {
    readonly field: HeaderField;
    readonly tags: Tags;
    readonly names: readonly string[];
    readonly canonicalizations: Canonicalizations;
  },
): string {
  const { field, tags, names, canonicalizations } = signature;
  const isRelaxed = canonicalizations.header === 'relaxed';
  let text = '';
  for (const each of header.choose(names, field)) {
    text += isRelaxed ? `${each.relaxed}\r\n` : each.text;
  }
  const itself = withoutSignature(field, tags);
  return text + (isRelaxed ? relaxedField(itself) : itself);
}

/** RFC 6376 §3.6.1, t=s. */
function keyFlaw({ isOfDomainItself }: DkimSignature, record?: KeyRecord): Flaw | undefined {
  if (isOfDomainItself || record?.isForDomainOnly !== true) return undefined;
  return permanent('The key does not sign for names below its domain.');
}

function bodyFlaw(signature: DkimSignature, digests: BodyDigests): Flaw | undefined {
  const { sha256 } = digests.digestOf(wishOf(signature));
  if (sha256 === undefined) return { result: 'fail', problem: 'The body is shorter than l= says.' };
  if (sha256.equals(signature.bodyHash)) return undefined;
  return { result: 'fail', problem: 'The body has been changed.' };
}

/** RFC 6376 §8.2: what is behind the signed length could be anything. */
function lengthFlaw(signature: DkimSignature, digests: BodyDigests): Flaw | undefined {
  const { sizeBytes } = digests.digestOf(wishOf(signature));
  if (signature.lengthBytes === undefined || signature.lengthBytes >= sizeBytes) return undefined;
  return { result: 'policy', problem: 'Only a part of the body is signed.' };
}

/** RFC 6376 §8.15: of two authors the reader may be shown the one that nobody signed. */
function authorFlaw(header: Header): Flaw | undefined {
  const { length } = header.named('from');
  if (length === 1) return undefined;
  const problem = length === 0 ? 'The message has no From.' : 'The message has more than one From.';
  return { result: 'policy', problem };
}
