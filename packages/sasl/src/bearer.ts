// Tokens instead of passwords: OAUTHBEARER (RFC 7628) and its forerunner XOAUTH2. Offered only where the credentials can
// judge a token, which ours cannot yet.
import assert from 'node:assert/strict';
import { isSamePerson } from './plain.ts';
import { readText } from './read-text.ts';
import type { LoginVerdict, SaslContext, SaslExchange, SaslStep } from './sasl-server.ts';
import { parseGs2Header } from './scram/gs2-header.ts';

interface TokenResponse {
  readonly login: string;
  readonly token: string;
}

const nothing = Buffer.alloc(0);
// RFC 7628 §3.2.2: the failure is told as JSON, and the client answers it before the exchange ends.
const failure = Buffer.from(JSON.stringify({ status: 'invalid_token' }));

export function oauthBearerExchange(context: SaslContext): SaslExchange {
  return tokenExchange(context, 'OAUTHBEARER', parseOauthBearer);
}

export function xoauth2Exchange(context: SaslContext): SaslExchange {
  return tokenExchange(context, 'XOAUTH2', parseXoauth2);
}

function tokenExchange(
  { credentials }: SaslContext,
  name: string,
  parse: (text: string) => TokenResponse | undefined,
): SaslExchange {
  let refusal: LoginVerdict | undefined;
  return {
    async next(response): Promise<SaslStep> {
      if (refusal !== undefined) return { kind: 'end', verdict: refusal };
      if (response === undefined) return { kind: 'challenge', bytes: nothing };
      const text = readText(response);
      const found = text === undefined ? undefined : parse(text);
      if (found === undefined) return { kind: 'malformed' };
      assert.ok(credentials.verifyToken);
      const verdict = await credentials.verifyToken(found.login, found.token, name);
      if (verdict.kind === 'in') return { kind: 'end', verdict };
      refusal = verdict;
      return { kind: 'challenge', bytes: failure };
    },
  };
}

/** RFC 7628 §3.1: a GS2 header, then key=value pairs, each ended by %x01, and one more of it. */
function parseOauthBearer(text: string): TokenResponse | undefined {
  const header = parseGs2Header(text);
  if (header === undefined || header.binding.kind === 'used') return undefined;
  const token = tokenIn(header.rest);
  return token === undefined ? undefined : { login: header.onBehalfOf, token };
}

function parseXoauth2(text: string): TokenResponse | undefined {
  const pairs = pairsOf(`\x01${text}`);
  const login = pairs?.get('user');
  const token = tokenIn(`\x01${text}`);
  if (login === undefined || token === undefined || !isSamePerson('', login)) return undefined;
  return { login, token };
}

function tokenIn(rest: string): string | undefined {
  return /^Bearer +([\x21-\x7e]+)$/i.exec(pairsOf(rest)?.get('auth') ?? '')?.[1];
}

function pairsOf(rest: string): ReadonlyMap<string, string> | undefined {
  if (!rest.startsWith('\x01') || !rest.endsWith('\x01\x01')) return undefined;
  const pairs = new Map<string, string>();
  for (const pair of rest.slice(1, -2).split('\x01')) {
    const at = pair.indexOf('=');
    if (at < 1) return undefined;
    pairs.set(pair.slice(0, at), pair.slice(at + 1));
  }
  return pairs;
}
