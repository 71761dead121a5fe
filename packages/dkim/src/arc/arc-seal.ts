// ARC-Seal (RFC 8617 §4.1.3): a signature over ARC fields alone, always relaxed.
import { relaxedField } from '../canonical/header-fields.ts';
import {
  isFlaw,
  missingTag,
  permanent,
  readAlgorithm,
  readPlace,
  readSignature,
  withoutSignature,
  type Flaw,
  type SignedFields,
} from '../verify/signature-fields.ts';
import type { ArcSet } from './arc-chain.ts';

export function readSeal({ seal: { tags } }: ArcSet): SignedFields | Flaw {
  const flaw = missingTag(tags, ['i', 'a', 'b', 'cv', 'd', 's']);
  if (flaw !== undefined) return flaw;
  // RFC 8617 §4.1.3: what a seal covers is not the sealer's choice.
  if (tags.has('h')) return permanent('A seal must not have h=.');
  const place = readPlace(tags);
  if (isFlaw(place)) return place;
  const keyType = readAlgorithm(tags);
  if (isFlaw(keyType)) return keyType;
  const signature = readSignature(tags);
  return isFlaw(signature) ? signature : { ...place, keyType, signature };
}

/** RFC 8617 §5.1.1: all sets up to the seal's own, each as results, message signature, seal; the last one with an empty b=. */
export function sealedText(sets: readonly ArcSet[]): string {
  let text = '';
  for (const [index, { results, message, seal }] of sets.entries()) {
    text += `${results.relaxed}\r\n${message.field.relaxed}\r\n`;
    text +=
      index === sets.length - 1
        ? relaxedField(withoutSignature(seal.field, seal.tags))
        : `${seal.field.relaxed}\r\n`;
  }
  return text;
}
