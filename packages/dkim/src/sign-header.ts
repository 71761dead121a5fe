// DKIM-Signature fields for a message (RFC 6376, RFC 8463): relaxed/relaxed, SHA-256, one for each key.
//
// Fields are oversigned: each is named once more than it is there, so that nobody can add a second From or Subject on the way
// (threat 27). There is never an l=: what is behind the signed length could be anything. And no x=: mail may wait for days.
import { sign as signBytes, createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { Header, relaxedField } from './canonical/header-fields.ts';
import type { DkimKey } from './dkim-key.ts';
import { foldBase64, foldNames } from './fold.ts';

export interface ToSign {
  /** Header lines of the message as they are stored, CRLF ended, one character a byte (latin1); without the empty line. */
  readonly header: string;
  /** Of BodyHash. */
  readonly bodyHash: string;
  readonly atMs: number;
}

/** RFC 6376 §5.4.1; in this order. */
export const alwaysSigned = [
  'From',
  'Reply-To',
  'To',
  'Cc',
  'Subject',
  'Date',
  'Message-ID',
  'MIME-Version',
  'Content-Type',
  'Content-Transfer-Encoding',
];
/** Where they are: mailing lists add a Sender of their own. */
export const signedWhenThere = [
  'Sender',
  'In-Reply-To',
  'References',
  'List-Unsubscribe',
  'List-Unsubscribe-Post',
];

const sign = promisify(signBytes);

/** CRLF ended fields, to be put in front of the message. Keys sign in the thread pool, not in everybody's way. */
export async function signHeader(message: ToSign, keys: readonly DkimKey[]): Promise<string> {
  const header = new Header(message.header);
  const names = namesToSign(header);
  const chosen = header
    .choose(names.map((name) => name.toLowerCase()))
    .map(({ relaxed }) => `${relaxed}\r\n`)
    .join('');
  const signatures = await Promise.all(
    keys.map(async (key) => signatureOf(message, { key, names, chosen })),
  );
  return signatures.join('');
}

interface Chosen {
  readonly key: DkimKey;
  readonly names: readonly string[];
  readonly chosen: string;
}

async function signatureOf(message: ToSign, { key, names, chosen }: Chosen): Promise<string> {
  const { domain, selector, algorithm, privateKey } = key;
  const field =
    `DKIM-Signature: v=1; a=${algorithm}; c=relaxed/relaxed; d=${domain}; s=${selector};\r\n` +
    `\tt=${Math.floor(message.atMs / 1000)}; h=${foldNames(names, '\th='.length + 14)};\r\n` +
    `\tbh=${message.bodyHash};\r\n\tb=`;
  // RFC 6376 §3.7: the field itself comes last, with an empty b= and without its line end.
  const input = Buffer.from(`${chosen}${relaxedField(field)}`, 'latin1');
  const signature =
    algorithm === 'rsa-sha256'
      ? await sign('RSA-SHA256', input, privateKey)
      : // RFC 8463 §3: Ed25519 signs the SHA-256 of it.
        await sign(undefined, createHash('sha256').update(input).digest(), privateKey);
  return `${field}${foldBase64(signature.toString('base64'))}\r\n`;
}

/** h=: every instance once, and those that matter once more. */
function namesToSign(header: Header): readonly string[] {
  const count = (name: string) => header.named(name.toLowerCase()).length;
  return [
    ...alwaysSigned.flatMap((name) => Array.from({ length: count(name) + 1 }, () => name)),
    ...signedWhenThere.flatMap((name) => Array.from({ length: count(name) }, () => name)),
  ];
}
