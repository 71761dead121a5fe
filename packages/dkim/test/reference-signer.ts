// A signer in the words of RFC 6376, slow and by regular expressions, that also makes what no good signer makes: other tags, short
// lengths, old hashes. It shares no code with what it tests.
import { createHash, sign } from 'node:crypto';
import type { TestKey } from './dkimpy.ts';

export type How = 'simple' | 'relaxed';

export interface Wanted {
  readonly key: Pick<TestKey, 'domain' | 'selector' | 'algorithm' | 'privateKey'>;
  readonly header?: How;
  readonly body?: How;
  readonly names?: readonly string[];
  /** Instead of what belongs there; undefined leaves the tag out. */
  readonly tags?: Readonly<Record<string, string | undefined>>;
  /** Octets of the body that are hashed. */
  readonly length?: number;
  readonly hash?: 'sha1' | 'sha256';
}

export const defaultNames = ['From', 'To', 'Subject', 'Date'];

/** The message with a signature in front. */
export function signedBy(message: string, wanted: Wanted): string {
  const { key, header = 'relaxed', body = 'relaxed', names = defaultNames } = wanted;
  const { hash = 'sha256', length, tags = {} } = wanted;
  const [block = '', rest = ''] = cut(message);
  const digest = createHash(hash)
    .update(canonicalBodyText(rest, body).slice(0, length), 'latin1')
    .digest('base64');
  const all: Record<string, string | undefined> = {
    v: '1',
    a: key.algorithm === 'rsa-sha256' ? `rsa-${hash}` : key.algorithm,
    c: `${header}/${body}`,
    d: key.domain,
    s: key.selector,
    h: names.join(':'),
    ...(length === undefined ? {} : { l: `${length}` }),
    bh: digest,
    ...tags,
  };
  const list = Object.entries(all).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${value}`],
  );
  const open = `DKIM-Signature: ${list.join(';\r\n\t')};\r\n\tb=`;
  const fields = chosen(block, names).map((field) => canonicalFieldText(field, header));
  const input = fields.join('') + canonicalFieldText(`${open}\r\n`, header).slice(0, -2);
  return `${open}${signature(input, wanted)}\r\n${message}`;
}

function signature(input: string, { key, hash = 'sha256' }: Wanted): string {
  const bytes = Buffer.from(input, 'latin1');
  const isRsa = key.algorithm === 'rsa-sha256';
  const signed = isRsa
    ? sign(hash, bytes, key.privateKey)
    : sign(undefined, createHash('sha256').update(bytes).digest(), key.privateKey);
  return signed.toString('base64');
}

function cut(message: string): readonly string[] {
  const end = message.indexOf('\r\n\r\n');
  return [message.slice(0, end + 2), message.slice(end + 4)];
}

function chosen(block: string, names: readonly string[]): readonly string[] {
  const fields = block.split(/(?<=\r\n)(?![ \t])/);
  const left = [...fields];
  return names.flatMap((name) => {
    const at = left.findLastIndex((field) => nameOf(field) === name.toLowerCase());
    return at < 0 ? [] : left.splice(at, 1);
  });
}

function nameOf(field: string): string {
  return field.slice(0, field.indexOf(':')).trimEnd().toLowerCase();
}

/** RFC 6376 §3.4.1, §3.4.2; with its line end. */
export function canonicalFieldText(field: string, how: How): string {
  if (how === 'simple') return field;
  const value = field
    .slice(field.indexOf(':') + 1)
    .replaceAll('\r\n', '')
    .replaceAll(/[ \t]+/g, ' ')
    .replaceAll(/^ | $/g, '');
  return `${nameOf(field)}:${value}\r\n`;
}

/** RFC 6376 §3.4.3, §3.4.4. */
export function canonicalBodyText(body: string, how: How): string {
  const lines = body.split('\r\n');
  const whole =
    how === 'simple'
      ? lines
      : lines.map((line) => line.replaceAll(/[ \t]+/g, ' ').replaceAll(/ $/g, ''));
  while (whole.at(-1) === '') whole.pop();
  if (whole.length === 0) return how === 'simple' ? '\r\n' : '';
  return `${whole.join('\r\n')}\r\n`;
}
