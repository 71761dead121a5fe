// A message changed anywhere in what was signed never passes: any byte, put in, taken out or replaced.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createDkimVerifier } from '../src/index.ts';
import { messageOf, recordsOf, testKey, verifierOptions } from './dkimpy.ts';
import { message } from './generated-messages.ts';
import { canonicalBodyText, canonicalFieldText, signedBy, type How } from './reference-signer.ts';

const key = testKey('home.test', 'e1', 'ed25519-sha256');
const rsa = testKey('home.test', 'r1', 'rsa-sha256');
const verifier = createDkimVerifier(verifierOptions(recordsOf([key, rsa])));
/** More of each than any message here has. */
const names = ['From', 'To', 'Subject', 'X-One'].flatMap((name) =>
  Array.from({ length: 9 }, () => name),
);

async function passes(text: string): Promise<boolean> {
  const [first] = await verifier.verify(messageOf(text));
  return first?.result === 'pass';
}

interface Change {
  readonly at: number;
  readonly kind: 'replace' | 'insert' | 'remove';
  readonly byte: number;
}

const change = fc.record({
  at: fc.nat(5_000),
  kind: fc.constantFrom('replace', 'insert', 'remove'),
  byte: fc.oneof(fc.nat(255), fc.constantFrom(0x20, 0x09, 0x0d, 0x0a, 0x3a, 0x3b)),
});

function changed(text: string, { at, kind, byte }: Change): string {
  const place = at % text.length;
  const put = kind === 'remove' ? '' : String.fromCharCode(byte);
  return text.slice(0, place) + put + text.slice(kind === 'insert' ? place : place + 1);
}

/** What the signature is about, in canonical form; equal means that the change is none. */
function meaning(text: string, how: How): string {
  const end = text.indexOf('\r\n\r\n');
  const fields = text
    .slice(0, end + 2)
    .split(/(?<=\r\n)(?![ \t])/)
    .map((field) => canonicalFieldText(field, how));
  // Trace is not signed here, and the order of fields with different names is nobody's business.
  const signed = fields.filter((field) => /^(from|to|subject|x-one):/i.test(field));
  return JSON.stringify([
    signed.toSorted((a, b) => Math.sign(nameOrder(a) - nameOrder(b))),
    canonicalBodyText(text.slice(end + 4), how),
  ]);
}

function nameOrder(field: string): number {
  return ['from', 'to', 'subject', 'x-one'].indexOf(field.split(':', 1)[0]?.toLowerCase() ?? '');
}

for (const how of ['simple', 'relaxed'] as const) {
  test(`${how}: a change of header or body is noticed, in any place`, async () => {
    await fc.assert(
      fc.asyncProperty(message, change, async (text, what) => {
        const mutated = changed(text, what);
        fc.pre(mutated.includes('\r\n\r\n'));
        const signed = signedBy(text, { key, header: how, body: how, names });
        const signature = signed.slice(0, signed.length - text.length);
        if (!(await passes(signature + mutated))) return;
        assert.equal(meaning(mutated, how), meaning(text, how));
      }),
      { numRuns: 1_500 },
    );
  });
}

test('a change of the signature field itself is noticed, but for blanks and case that do not count', async () => {
  const text = 'From: ana@home.test\r\nTo: b@far.test\r\n\r\nHello\r\n';
  for (const signer of [key, rsa]) {
    const signed = signedBy(text, { key: signer, header: 'simple', names });
    const signature = signed.slice(0, signed.length - text.length);
    for (let at = 0; at < signature.length - 2; at += 1) {
      for (const put of ['', 'A', 'b', ' ', ';', '=', '\0', '\xff', signature[at] ?? '']) {
        const mutated = signature.slice(0, at) + put + signature.slice(at + 1);
        if (mutated === signature) continue;
        if (!(await passes(mutated + text))) continue;
        // Blanks in the base64 of b= are not signed.
        const squeezed = (field: string) => field.replaceAll(/[ \t\r\n]/g, '');
        assert.equal(squeezed(mutated), squeezed(signature), JSON.stringify(mutated));
      }
    }
  }
});
