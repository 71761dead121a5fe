// Talking ACME: signed requests, nonces, problem documents (RFC 8555 §6). What comes back is untrusted: bounded, and checked by
// whoever asked for it.
import type { JWK } from 'jose';
import { Agent, request } from 'undici';
import type { KeyObject } from 'node:crypto';
import { CertificatesError } from '../errors.ts';

export interface AcmeKey {
  readonly privateKey: KeyObject;
  readonly publicJwk: JWK;
}

export interface AcmeAnswer {
  readonly status: number;
  readonly location: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly text: string;
  readonly json: Readonly<Record<string, unknown>>;
}

export interface AcmeWire extends AsyncDisposable {
  get(url: string): Promise<AcmeAnswer>;
  /** Signed; "" asks for a resource (POST-as-GET, §6.3). `account` is the key identifier; without it the key itself is shown. */
  post(url: string, payload: unknown, account?: string): Promise<AcmeAnswer>;
  /** Where fresh nonces come from (§7.2). */
  useNonces(url: string): void;
}

export interface AcmeWireOptions {
  readonly key: AcmeKey;
  /** PEM; for an authority whose own certificate is not one of the world's. */
  readonly trusted?: string;
  readonly timeoutMs?: number;
}

const answerMaxBytes = 256 * 1024;
const badNonceMax = 5;

export function createAcmeWire({ key, trusted, timeoutMs = 30_000 }: AcmeWireOptions): AcmeWire {
  const dispatcher = new Agent({
    allowH2: false,
    connect: trusted === undefined ? {} : { ca: trusted },
  });
  const nonces: string[] = [];
  let nonceUrl: string | undefined;

  const send = async (
    method: 'GET' | 'HEAD' | 'POST',
    url: string,
    body?: string,
  ): Promise<AcmeAnswer> => {
    if (!url.startsWith('https://'))
      throw new CertificatesError('ACME_BAD_ANSWER', { about: `not https: ${url.slice(0, 200)}` });
    try {
      const response = await request(url, {
        method,
        dispatcher,
        signal: AbortSignal.timeout(timeoutMs),
        headers: {
          'user-agent': 'restante (+acme)', // RFC 8555 §6.1: clients say who they are.
          ...(body === undefined ? {} : { 'content-type': 'application/jose+json' }),
        },
        ...(body === undefined ? {} : { body }),
      });
      const nonce = one(response.headers['replay-nonce']);
      if (nonce !== undefined && /^[\w-]+$/.test(nonce) && nonces.length < 10) nonces.push(nonce);
      const text = await bounded(response.body);
      return {
        status: response.statusCode,
        location: one(response.headers['location']),
        retryAfterMs: retryAfterMs(one(response.headers['retry-after'])),
        text,
        json: jsonOf(text),
      };
    } catch (cause) {
      if (cause instanceof CertificatesError) throw cause;
      throw new CertificatesError('ACME_UNREACHABLE', { about: new URL(url).host, cause });
    }
  };

  const nonce = async (): Promise<string> => {
    if (nonces.length === 0 && nonceUrl !== undefined) await send('HEAD', nonceUrl);
    const taken = nonces.pop();
    if (taken === undefined)
      throw new CertificatesError('ACME_BAD_ANSWER', { about: 'it gives no nonces' });
    return taken;
  };

  const signed = async (url: string, payload: unknown, account?: string): Promise<string> => {
    const bytes = payload === '' ? '' : JSON.stringify(payload);
    const who = account === undefined ? { jwk: key.publicJwk } : { kid: account };
    const { FlattenedSign } = await import('jose');
    const jws = await new FlattenedSign(new TextEncoder().encode(bytes))
      .setProtectedHeader({ alg: 'ES256', nonce: await nonce(), url, ...who })
      .sign(key.privateKey);
    return JSON.stringify(jws);
  };

  return {
    get: async (url) => fine(await send('GET', url)),
    async post(url, payload, account) {
      for (let tries = 1; ; tries += 1) {
        const answer = await send('POST', url, await signed(url, payload, account));
        // RFC 8555 §6.5: a refused nonce is no failure; the refusal brings a fresh one.
        if (problemType(answer) !== 'badNonce' || tries >= badNonceMax) return fine(answer);
      }
    },
    useNonces: (url) => {
      nonceUrl = url;
    },
    [Symbol.asyncDispose]: async () => dispatcher.destroy(),
  };
}

/** RFC 8555 §6.7: what the authority has against it, in its own words, for the operator. */
function fine(answer: AcmeAnswer): AcmeAnswer {
  if (answer.status >= 200 && answer.status < 300) return answer;
  const detail = typeof answer.json['detail'] === 'string' ? answer.json['detail'] : '';
  const type = problemType(answer) ?? `status ${answer.status}`;
  throw new CertificatesError('ACME_REFUSED', {
    about: `${type}: ${detail.slice(0, 500)}`,
    ...(answer.retryAfterMs === undefined ? {} : { retryAfterMs: answer.retryAfterMs }),
  });
}

function problemType({ status, json }: AcmeAnswer): string | undefined {
  const type = json['type'];
  return status >= 400 && typeof type === 'string'
    ? type.replace('urn:ietf:params:acme:error:', '')
    : undefined;
}

/** RFC 9110 §10.2.3: seconds or a date; a day at most, whatever is asked. */
function retryAfterMs(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isFinite(ms) ? Math.min(Math.max(0, ms), 86_400_000) : undefined;
}

function one(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : header?.[0];
}

async function bounded(body: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const piece of body) {
    sizeBytes += piece.length;
    if (sizeBytes > answerMaxBytes)
      throw new CertificatesError('ACME_BAD_ANSWER', { about: 'too large' });
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

function jsonOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {}; // A certificate is no JSON; who needs JSON asks for its fields and finds none.
  }
}
