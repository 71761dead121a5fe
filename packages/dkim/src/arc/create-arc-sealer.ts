// Our own set, put on top of a chain (RFC 8617 §5.1): what we found, the message as it leaves us, and the seal over all of it.
//
// Always RSA: few who check ARC know Ed25519. A key that cannot be used costs the seal, never the message.
import { sign as signBytes, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { Header, HeaderField, relaxedField } from '../canonical/header-fields.ts';
import type { DkimKeys } from '../dkim-keys.ts';
import type { DkimKey } from '../dkim-key.ts';
import { foldBase64, foldNames } from '../fold.ts';
import { alwaysSigned, signedWhenThere } from '../sign-header.ts';
import { readBody } from '../verify/read-body.ts';
import { isFlaw } from '../verify/signature-fields.ts';
import { parseTagList } from '../verify/tag-list.ts';
import { instancesMax, readArcChain, type ArcChain, type ArcSet } from './arc-chain.ts';
import { sealedText } from './arc-seal.ts';
import type { ArcAnswer, ArcSealer, ToSeal } from './arc.ts';
import { foldResults } from './fold-results.ts';

export interface ArcSealerOptions {
  readonly keys: DkimKeys;
  /** One sentence, when a message goes on without our seal although it should have one. */
  readonly onProblem?: (problem: string) => void;
}

const sign = promisify(signBytes);

export function createArcSealer({ keys, onProblem }: ArcSealerOptions): ArcSealer {
  return {
    async seal(toSeal) {
      try {
        const signing = await keys.signingKeys(toSeal.domain);
        const key = signing.find(({ algorithm }) => algorithm === 'rsa-sha256');
        return key === undefined ? '' : await sealWith(toSeal, key);
      } catch (failure) {
        const why = failure instanceof Error ? failure.message : String(failure);
        onProblem?.(`A message goes on without the ARC seal of ${toSeal.domain}: ${why}`);
        return '';
      }
    },
  };
}

async function sealWith(toSeal: ToSeal, key: DkimKey): Promise<string> {
  const header = new Header(toSeal.message.header);
  const chain = readArcChain(header);
  const place = placeOf(toSeal.chain, chain);
  if (place === undefined) return '';
  const digests = await readBody(toSeal.message, [relaxedBody]);
  if (isFlaw(digests)) throw new Error(digests.problem);
  const bodyHash = digests.digestOf(relaxedBody).sha256?.toString('base64') ?? '';

  const { instance, status } = place;
  const results = `ARC-Authentication-Results: i=${instance}; ${foldResults(toSeal.results)}\r\n`;
  const message = await signMessage(header, { toSeal, key, instance, bodyHash });
  const open =
    `ARC-Seal: i=${instance}; a=rsa-sha256; t=${seconds(toSeal)}; cv=${status};\r\n` +
    `\td=${key.domain}; s=${key.selector};\r\n\tb=`;
  const own = setOf({ instance, status, results, message, seal: open });
  // RFC 8617 §5.1.2: over a broken chain the seal covers its own set only.
  const sets = status === 'fail' ? [own] : [...(chain?.sets ?? []), own];
  const seal = `${open}${await signatureOf(sealedText(sets), key.privateKey)}\r\n`;
  return `${seal}${message}${results}`;
}

const relaxedBody = { canonicalization: 'relaxed' } as const;

/** RFC 8617 §5.1: which instance is ours and what it says of those before; undefined where nobody may add one. */
function placeOf(
  found: ArcAnswer,
  chain: ArcChain | undefined,
): { readonly instance: number; readonly status: 'none' | 'pass' | 'fail' } | undefined {
  // Without an answer from DNS neither "pass" nor "fail" would be true.
  if (found.result === 'temperror') return undefined;
  if (chain === undefined) return { instance: 1, status: 'none' };
  const instance = chain.last + 1;
  if (chain.hasEnded || instance > instancesMax) return undefined;
  const isWhole = found.result === 'pass' && chain.problem === undefined;
  return { instance, status: isWhole ? 'pass' : 'fail' };
}

interface MessageParts {
  readonly toSeal: ToSeal;
  readonly key: DkimKey;
  readonly instance: number;
  readonly bodyHash: string;
}

/** RFC 8617 §4.1.2: as DKIM signs, with the signatures that are there, without trace, results and other sets. */
async function signMessage(
  header: Header,
  { toSeal, key, instance, bodyHash }: MessageParts,
): Promise<string> {
  const names = [...alwaysSigned, ...signedWhenThere, 'DKIM-Signature'].flatMap((name) =>
    header.named(name.toLowerCase()).map(() => name),
  );
  // A second From would be another author (threat 27).
  const oversigned = ['From', ...names];
  const field =
    `ARC-Message-Signature: i=${instance}; a=rsa-sha256; c=relaxed/relaxed; d=${key.domain};\r\n` +
    `\ts=${key.selector}; t=${seconds(toSeal)};\r\n` +
    `\th=${foldNames(oversigned, '\th='.length)};\r\n\tbh=${bodyHash};\r\n\tb=`;
  let text = '';
  for (const { relaxed } of header.choose(oversigned.map((name) => name.toLowerCase()))) {
    text += `${relaxed}\r\n`;
  }
  return `${field}${await signatureOf(text + relaxedField(field), key.privateKey)}\r\n`;
}

async function signatureOf(text: string, key: KeyObject): Promise<string> {
  const signature = await sign('sha256', Buffer.from(text, 'latin1'), key);
  return foldBase64(signature.toString('base64'));
}

function seconds({ atMs }: ToSeal): number {
  return Math.floor(atMs / 1000);
}

interface OwnSet {
  readonly instance: number;
  readonly status: string;
  readonly results: string;
  readonly message: string;
  /** With an empty b=. */
  readonly seal: string;
}

function setOf({ instance, status, results, message, seal }: OwnSet): ArcSet {
  const tagged = (text: string) => {
    const field = fieldOf(text);
    return { field, tags: parseTagList(text, field.valueAt) ?? new Map() };
  };
  return {
    instance,
    status,
    results: fieldOf(results),
    message: tagged(message),
    seal: tagged(seal),
  };
}

function fieldOf(text: string): HeaderField {
  const colon = text.indexOf(':');
  return new HeaderField(text, { name: text.slice(0, colon).toLowerCase(), valueAt: colon + 1 });
}
