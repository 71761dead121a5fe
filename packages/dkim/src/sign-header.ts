// DKIM-Signature fields for a message (RFC 6376, RFC 8463): relaxed/relaxed, SHA-256, one for each key.
//
// Fields are oversigned: each is named once more than it is there, so that nobody can add a second From or Subject on the way
// (threat 27). There is never an l=: what is behind the signed length could be anything. And no x=: mail may wait for days.
import { sign as signBytes, createHash } from 'node:crypto';
import { promisify } from 'node:util';
import type { DkimKey } from './dkim-key.ts';

export interface ToSign {
  /** Header lines of the message as they are stored, CRLF ended, one character a byte (latin1); without the empty line. */
  readonly header: string;
  /** Of BodyHash. */
  readonly bodyHash: string;
  readonly atMs: number;
}

/** RFC 6376 §5.4.1; in this order. */
const alwaysSigned = [
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
const signedWhenThere = [
  'Sender',
  'In-Reply-To',
  'References',
  'List-Unsubscribe',
  'List-Unsubscribe-Post',
];

const sign = promisify(signBytes);

/** CRLF ended fields, to be put in front of the message. Keys sign in the thread pool, not in everybody's way. */
export async function signHeader(message: ToSign, keys: readonly DkimKey[]): Promise<string> {
  const fields = readFields(message.header);
  const names = namesToSign(fields);
  const chosen = canonicalFields(fields, names);
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
    `\tt=${Math.floor(message.atMs / 1000)}; h=${foldNames(names)};\r\n` +
    `\tbh=${message.bodyHash};\r\n\tb=`;
  // RFC 6376 §3.7: the field itself comes last, with an empty b= and without its line end.
  const input = Buffer.from(`${chosen}${canonicalField(field)}`, 'latin1');
  const signature =
    algorithm === 'rsa-sha256'
      ? await sign('RSA-SHA256', input, privateKey)
      : // RFC 8463 §3: Ed25519 signs the SHA-256 of it.
        await sign(undefined, createHash('sha256').update(input).digest(), privateKey);
  return `${field}${fold(signature.toString('base64'))}\r\n`;
}

interface Field {
  readonly name: string;
  /** With its line end. */
  readonly text: string;
}

/** In the order of the message. What is no field is left out; who lets such a header in is not asked here. */
function readFields(header: string): readonly Field[] {
  const fields: Field[] = [];
  for (const match of header.matchAll(/^([!-9;-~]+)[ \t]*:(?:[^\r\n]|\r\n[ \t])*\r\n/gm)) {
    fields.push({ name: (match[1] ?? '').toLowerCase(), text: match[0] });
  }
  return fields;
}

/** h=: every instance once, and those that matter once more. */
function namesToSign(fields: readonly Field[]): readonly string[] {
  const count = (name: string) =>
    fields.filter((field) => field.name === name.toLowerCase()).length;
  return [
    ...alwaysSigned.flatMap((name) => Array.from({ length: count(name) + 1 }, () => name)),
    ...signedWhenThere.flatMap((name) => Array.from({ length: count(name) }, () => name)),
  ];
}

/** RFC 6376 §5.4.2: of several the last one first; one that is not there counts as nothing. */
function canonicalFields(fields: readonly Field[], names: readonly string[]): string {
  const left = Map.groupBy(fields, ({ name }) => name);
  let text = '';
  for (const name of names) {
    const field = left.get(name.toLowerCase())?.pop();
    if (field !== undefined) text += `${canonicalField(field.text)}\r\n`;
  }
  return text;
}

/** RFC 6376 §3.4.2, without the line end. */
function canonicalField(text: string): string {
  const colon = text.indexOf(':');
  const value = text
    .slice(colon + 1)
    .replaceAll('\r\n', '')
    .replaceAll(/[ \t]+/g, ' ');
  return `${text.slice(0, colon).trimEnd().toLowerCase()}:${trimSpaces(value)}`;
}

/** Spaces only: other blanks are part of the value, and trim() would take them. */
function trimSpaces(text: string): string {
  const start = text.startsWith(' ') ? 1 : 0;
  return text.slice(start, text.endsWith(' ') && text.length > start ? -1 : undefined);
}

function foldNames(names: readonly string[]): string {
  let line = '\th='.length + 14;
  return names
    .map((name, index) => {
      line += name.length + 1;
      const separator = index === 0 ? '' : ':';
      if (line <= 76) return `${separator}${name}`;
      line = name.length + 2;
      return `${separator}\r\n\t${name}`;
    })
    .join('');
}

function fold(base64: string): string {
  return base64.match(/.{1,72}/g)?.join('\r\n\t') ?? '';
}
