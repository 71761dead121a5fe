// SCRAM-SHA-256 and SCRAM-SHA-256-PLUS (RFC 5802, RFC 7677): the client proves the password without showing it, and the
// server proves that it knows it, too.
//
// Promises
// - People who do not exist get a salt, an iteration count and a failure like everybody else.
// - A client that can bind to the channel and was told that we cannot is refused: somebody stands in between (RFC 5802 §6).
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { isSamePerson } from '../plain.ts';
import { readText } from '../read-text.ts';
import type { SaslContext, SaslExchange, SaslStep, ScramKeys } from '../sasl-server.ts';
import {
  type ClientFinal,
  type ClientFirst,
  parseClientFinal,
  parseClientFirst,
} from './client-messages.ts';
import { hmac, sha256 } from './scram-keys.ts';

interface ScramKind {
  readonly withBinding: boolean;
  /** Of the server; random unless a test compares with the vectors of the RFC. */
  readonly nonce?: string;
}

/** Between the first and the final message. */
interface Underway {
  readonly first: ClientFirst;
  readonly keys: ScramKeys;
  readonly serverFirst: string;
  readonly nonce: string;
}

const nothing = Buffer.alloc(0);
const malformed: SaslStep = { kind: 'malformed' };
const refused: SaslStep = { kind: 'end', verdict: { kind: 'refused' } };

export function scramExchange(context: SaslContext, kind: ScramKind): SaslExchange {
  let underway: Underway | undefined;
  return {
    async next(response): Promise<SaslStep> {
      // RFC 5802 §5: the client speaks first; when it did not, it is asked to.
      if (response === undefined) return { kind: 'challenge', bytes: nothing };
      const message = readText(response);
      if (message === undefined) return malformed;
      if (underway !== undefined) return finish(context, kind, underway, message);
      const first = parseClientFirst(message);
      if (first === undefined) return malformed;
      if (!isFitBinding(context, kind, first)) return refused;
      if (!isSamePerson(first.header.onBehalfOf, first.login)) return refused;
      underway = await challenge(context, kind, first);
      return { kind: 'challenge', bytes: Buffer.from(underway.serverFirst) };
    },
  };
}

async function challenge(
  { credentials }: SaslContext,
  kind: ScramKind,
  first: ClientFirst,
): Promise<Underway> {
  const keys = await credentials.scramKeys(first.login, 'sha256');
  // RFC 5802 §5.1: the server's part follows the client's.
  const nonce = first.nonce + (kind.nonce ?? randomBytes(18).toString('base64'));
  const serverFirst = `r=${nonce},s=${keys.salt.toString('base64')},i=${keys.iterations}`;
  return { first, keys, serverFirst, nonce };
}

async function finish(
  context: SaslContext,
  kind: ScramKind,
  { first, keys, serverFirst, nonce }: Underway,
  message: string,
): Promise<SaslStep> {
  const final = parseClientFinal(message);
  if (final === undefined || final.nonce !== nonce) return malformed;
  const signed = `${first.bare},${serverFirst},${final.withoutProof}`;
  const proven = isBound(context, kind, first, final)
    ? provenKeys(keys, signed, final.proof)
    : undefined;
  const mechanism = kind.withBinding ? 'SCRAM-SHA-256-PLUS' : 'SCRAM-SHA-256';
  const verdict = await context.credentials.finishScram(first.login, proven !== undefined, {
    mechanism,
    ...(proven?.label !== undefined && { label: proven.label }),
  });
  if (verdict.kind !== 'in' || proven === undefined) return { kind: 'end', verdict };
  // RFC 5802 §5.1: "v", by which the client knows that it was us.
  const signature = hmac(proven.serverKey, signed).toString('base64');
  return { kind: 'end', verdict, last: Buffer.from(`v=${signature}`) };
}

interface ProvenKeys {
  readonly storedKey: Buffer;
  readonly serverKey: Buffer;
  readonly label?: string;
}

/** RFC 5802 §3: the proof is ClientKey XOR HMAC(StoredKey, AuthMessage). Every secret is tried, whichever fits. */
function provenKeys(keys: ScramKeys, signed: string, proof: Buffer): ProvenKeys | undefined {
  let found: ProvenKeys | undefined;
  for (const each of [keys, ...(keys.others ?? [])]) {
    const clientKey = hmac(each.storedKey, signed).map((byte, at) => byte ^ (proof[at] ?? 0));
    if (timingSafeEqual(sha256(clientKey), each.storedKey)) found ??= each;
  }
  return found;
}

/** RFC 5802 §6: what the client says of binding has to fit the mechanism it chose and what it was offered. */
function isFitBinding(
  { tlsExporter }: SaslContext,
  { withBinding }: ScramKind,
  { header: { binding } }: ClientFirst,
): boolean {
  // RFC 9266 §2: the one type of binding we have.
  if (withBinding) return binding.kind === 'used' && binding.type === 'tls-exporter';
  return (
    binding.kind === 'none' || (binding.kind === 'believed-absent' && tlsExporter === undefined)
  );
}

/** RFC 5802 §5.1: "c" repeats the header and brings the bytes of the channel. */
function isBound(
  { tlsExporter }: SaslContext,
  { withBinding }: ScramKind,
  { header }: ClientFirst,
  { binding }: ClientFinal,
): boolean {
  const channel = withBinding && tlsExporter !== undefined ? tlsExporter : nothing;
  const expected = Buffer.concat([Buffer.from(header.text), channel]);
  return binding.length === expected.length && timingSafeEqual(binding, expected);
}
