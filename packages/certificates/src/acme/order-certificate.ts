// One order from beginning to end (RFC 8555 §7.4): order, answer the challenges, finalize, fetch the chain.
//
// Ends in any case: every wait has the same deadline. Throws CertificatesError; ACME_NAME_NOT_VALIDATED says which names.
import type { Clock } from '@restante/runtime';
import type { KeyAndChain } from '../certificate-source.ts';
import { CertificatesError } from '../errors.ts';
import { thumbprintOf } from './acme-account.ts';
import type { AcmeAnswer, AcmeKey, AcmeWire } from './acme-wire.ts';
import { makeCertificateRequest } from './certificate-request.ts';
import type { ChallengeBook } from './challenge-book.ts';

export interface OrderParts {
  readonly wire: AcmeWire;
  readonly key: AcmeKey;
  readonly accountUrl: string;
  readonly newOrderUrl: string;
  readonly challenges: ChallengeBook;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** For the whole order. Default five minutes. */
  readonly patienceMs?: number;
  /** Between two looks when the authority does not say. Default 1 s. */
  readonly lookEveryMs?: number;
}

export async function orderCertificate(
  parts: OrderParts,
  names: readonly string[],
): Promise<KeyAndChain> {
  const { wire, accountUrl } = parts;
  const untilMs = parts.clock.monotonicMs() + (parts.patienceMs ?? 300_000);
  const placed = await wire.post(
    parts.newOrderUrl,
    { identifiers: names.map((value) => ({ type: 'dns', value })) },
    accountUrl,
  );
  const orderUrl = text(placed.location, 'an order without a location');

  const failed: string[] = [];
  const problems: string[] = [];
  for (const url of urls(placed.json['authorizations'])) {
    const problem = await authorize(parts, url, untilMs);
    if (problem === undefined) continue;
    failed.push(problem.name);
    problems.push(`${problem.name}: ${problem.why}`);
  }
  if (failed.length > 0)
    throw new CertificatesError('ACME_NAME_NOT_VALIDATED', {
      about: problems.join('; '),
      names: failed,
    });

  const isSettled = ({ json }: AcmeAnswer) => !['pending', 'processing'].includes(statusOf(json));
  const ready = await waitUntil(parts, orderUrl, untilMs, isSettled);
  if (statusOf(ready.json) !== 'ready') throw refused(ready);
  const { key, csr } = await makeCertificateRequest(names);
  await wire.post(text(ready.json['finalize'], 'an order without finalize'), { csr }, accountUrl);
  const done = await waitUntil(parts, orderUrl, untilMs, ({ json }) =>
    ['valid', 'invalid'].includes(statusOf(json)),
  );
  if (statusOf(done.json) !== 'valid') throw refused(done);
  const chain = await wire.post(
    text(done.json['certificate'], 'an order without a certificate'),
    '',
    accountUrl,
  );
  return { key, cert: chain.text };
}

interface NotValidated {
  readonly name: string;
  readonly why: string;
}

/** RFC 8555 §7.5.1: shows that the name is ours; undefined when the authority believes it. */
async function authorize(
  parts: OrderParts,
  url: string,
  untilMs: number,
): Promise<NotValidated | undefined> {
  const { json } = await parts.wire.post(url, '', parts.accountUrl);
  const name = nameOf(json);
  // An authorization that is still good from an earlier order needs nothing.
  if (statusOf(json) === 'valid') return undefined;
  const challenge = challengesOf(json).find(({ type }) => type === 'http-01');
  if (challenge === undefined) return { name, why: 'the authority does not offer http-01' };

  const token = text(challenge['token'], 'a challenge without a token');
  // RFC 8555 §8.1: base64url; it becomes part of a path we answer.
  if (!/^[\w-]{16,512}$/.test(token))
    throw new CertificatesError('ACME_BAD_ANSWER', { about: 'a token that is not base64url' });
  using _answer = parts.challenges.answer(token, `${token}.${await thumbprintOf(parts.key)}`);
  await parts.wire.post(text(challenge['url'], 'a challenge without a URL'), {}, parts.accountUrl);
  const settled = await waitUntil(
    parts,
    url,
    untilMs,
    (answer) => statusOf(answer.json) !== 'pending',
  );
  if (statusOf(settled.json) === 'valid') return undefined;
  return { name, why: whyOf(settled.json) };
}

async function waitUntil(
  { wire, accountUrl, clock, signal, lookEveryMs = 1000 }: OrderParts,
  url: string,
  untilMs: number,
  isDone: (answer: AcmeAnswer) => boolean,
): Promise<AcmeAnswer> {
  for (;;) {
    const answer = await wire.post(url, '', accountUrl);
    if (isDone(answer)) return answer;
    if (clock.monotonicMs() > untilMs)
      throw new CertificatesError('ACME_TOO_SLOW', { about: `it is ${statusOf(answer.json)}` });
    await clock.sleep(Math.min(answer.retryAfterMs ?? lookEveryMs, 30_000), signal);
  }
}

function refused({ json }: AcmeAnswer): CertificatesError {
  return new CertificatesError('ACME_REFUSED', {
    about: `the order is ${statusOf(json)}: ${detailOf(json['error'])}`,
  });
}

function whyOf(authorization: Readonly<Record<string, unknown>>): string {
  const problem = challengesOf(authorization).find((each) => each['error'] !== undefined);
  return detailOf(problem?.['error']) || `it is ${statusOf(authorization)}`;
}

function statusOf(json: Readonly<Record<string, unknown>>): string {
  return text(json['status'], 'no status');
}

function nameOf(json: Readonly<Record<string, unknown>>): string {
  const identifier = json['identifier'];
  return isRecord(identifier) && typeof identifier['value'] === 'string'
    ? identifier['value'].toLowerCase()
    : '';
}

function challengesOf(
  json: Readonly<Record<string, unknown>>,
): readonly Readonly<Record<string, unknown>>[] {
  const challenges = json['challenges'];
  return Array.isArray(challenges) ? challenges.filter(isRecord) : [];
}

function detailOf(problem: unknown): string {
  return isRecord(problem) && typeof problem['detail'] === 'string'
    ? problem['detail'].slice(0, 500)
    : '';
}

function urls(value: unknown): readonly string[] {
  if (!Array.isArray(value))
    throw new CertificatesError('ACME_BAD_ANSWER', { about: 'an order without authorizations' });
  return value.map((each) => text(each, 'an authorization that is no URL'));
}

function text(value: unknown, otherwise: string): string {
  if (typeof value !== 'string')
    throw new CertificatesError('ACME_BAD_ANSWER', { about: otherwise });
  return value;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
