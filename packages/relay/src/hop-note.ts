// The note that travels with a message between two of our sites, as the value of the XRESTANTE parameter of MAIL:
// base64url(JSON) "." base64url(signature). The signature is made with the sending site's key over the JSON, which holds
// the SHA-256 of the bytes that follow; so the verdict cannot be moved to another message (design §4.3, law 5).
//
// The note comes from an authenticated peer and is still read like something from outside.
import { sign, verify, type KeyObject } from 'node:crypto';
import { isMessageId, type HopNote, type Parsed, type VerdictAction } from '@restante/mail-model';

const actions: readonly string[] = [
  'accept',
  'tag',
  'quarantine',
  'defer',
  'reject',
] satisfies VerdictAction[];
const pathMax = 16;
const reasonsMax = 100;

/** The parameter's value; below 4 KiB for any note we make. */
export function encodeHopNote(note: HopNote, key: KeyObject): string {
  const payload = Buffer.from(JSON.stringify(note));
  return `${payload.toString('base64url')}.${sign(digestFor(key), payload, key).toString('base64url')}`;
}

/** Checks shape and signature. The bytes are checked against `sha256` by the caller, at the end of data. */
export function decodeHopNote(value: string, peerKey: KeyObject): Parsed<HopNote> {
  const [payloadText, signatureText, ...rest] = value.split('.');
  if (payloadText === undefined || signatureText === undefined || rest.length > 0) {
    return { ok: false, problem: 'a note is two base64url parts with a dot between them' };
  }
  const payload = Buffer.from(payloadText, 'base64url');
  const signature = Buffer.from(signatureText, 'base64url');
  if (!verify(digestFor(peerKey), payload, peerKey, signature)) {
    return {
      ok: false,
      problem: 'the signature is not that of the peer whose certificate this session showed',
    };
  }
  return readNote(payload.toString('utf8'));
}

function digestFor(key: KeyObject): string | undefined {
  // Ed25519 signs the message itself; elliptic curve and RSA keys sign its digest.
  return key.asymmetricKeyType === 'ed25519' ? undefined : 'sha256';
}

function readNote(text: string): Parsed<HopNote> {
  let note: unknown;
  try {
    note = JSON.parse(text);
  } catch {
    return { ok: false, problem: 'the note is not JSON' };
  }
  return isHopNote(note)
    ? { ok: true, value: note }
    : { ok: false, problem: 'the note has a field of the wrong shape' };
}

function isHopNote(note: unknown): note is HopNote {
  return (
    isObject(note) &&
    typeof note['messageId'] === 'string' &&
    isMessageId(note['messageId']) &&
    isOrigin(note['origin']) &&
    isVerdict(note['verdict']) &&
    isToken(note['fingerprint'], 64) &&
    isToken(note['sha256'], 64) &&
    typeof note['replyUnconfirmed'] === 'boolean' &&
    Array.isArray(note['path']) &&
    note['path'].length >= 1 &&
    note['path'].length <= pathMax &&
    note['path'].every((site) => isToken(site, 64)) &&
    (note['onward'] === undefined || note['onward'] === true)
  );
}

function isOrigin(origin: unknown): boolean {
  return (
    isObject(origin) &&
    isLine(origin['site']) &&
    isLine(origin['clientAddress']) &&
    isLine(origin['helo']) &&
    isLine(origin['protocol']) &&
    Number.isSafeInteger(origin['receivedAtMs']) &&
    [origin['clientName'], origin['tls'], origin['account']].every(
      (text) => text === undefined || isLine(text),
    )
  );
}

function isVerdict(verdict: unknown): boolean {
  return (
    isObject(verdict) &&
    typeof verdict['action'] === 'string' &&
    actions.includes(verdict['action']) &&
    Array.isArray(verdict['reasons']) &&
    verdict['reasons'].length <= reasonsMax &&
    verdict['reasons'].every(
      (reason) =>
        isObject(reason) &&
        isLine(reason['check']) &&
        isLine(reason['detail']) &&
        (reason['points'] === undefined || Number.isFinite(reason['points'])),
    ) &&
    [undefined, 'likely', 'definite'].includes(verdict['spam'] as string | undefined) &&
    (verdict['identity'] === undefined ||
      (isObject(verdict['identity']) && Object.values(verdict['identity']).every(isLine)))
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** One printable line: what we may write into a header or a log. */
function isLine(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 1024 && !/[\x00-\x1f\x7f]/.test(value);
}

function isToken(value: unknown, lengthMax: number): value is string {
  return (
    typeof value === 'string' &&
    value.length > 0 &&
    value.length <= lengthMax &&
    /^[A-Za-z0-9_.-]+$/.test(value)
  );
}
