// A certificate from an authority that speaks ACME, renewed while we run (RFC 8555).
//
// Promises
// - There is a pair from the first moment: the one kept on disk, or the fallback until the first order is done.
// - A new pair is on disk before it is shown. The account's key outlives restarts.
// - Renewal at two thirds of a life; failures wait longer each time, across restarts too, and never take the pair away.
// - The first name is needed; others that cannot be validated are left out, told, and tried again once a day.
import type { Clock } from '@restante/runtime';
import { createCertificateHolder } from '../certificate-holder.ts';
import type {
  CertificateEventSink,
  CertificateSource,
  KeyAndChain,
} from '../certificate-source.ts';
import { checkPair } from '../check-pair.ts';
import { CertificatesError } from '../errors.ts';
import { usable } from '../fixed-certificate.ts';
import { openAccountKey } from './acme-account.ts';
import type { ExternalAccount } from './acme-account.ts';
import { openAcmeState } from './acme-state.ts';
import { askAuthority } from './ask-authority.ts';
import type { ChallengeBook } from './challenge-book.ts';
import { backoffMs, leftOutAgainMs, renewAtMs } from './renewal.ts';

export interface AcmeCertificatesOptions {
  /** Kept there: account.key, certificate.pem, timing.json. */
  readonly dir: string;
  readonly directoryUrl: string;
  /** PEM; for an authority whose own certificate is not one of the world's. */
  readonly trusted?: string;
  /** Mail addresses the authority may write to. */
  readonly contacts: readonly string[];
  readonly externalAccount?: ExternalAccount;
  /** The first is needed, the others are wished for. */
  readonly names: readonly string[];
  readonly challenges: ChallengeBook;
  /** Shown until the first order is done. */
  readonly fallback: KeyAndChain;
  readonly clock: Clock;
  readonly onEvent: CertificateEventSink;
  /** 0 to 1; default Math.random. */
  readonly random?: () => number;
  /** Between two looks at an order; default 1 s. */
  readonly lookEveryMs?: number;
}

/** What the authorities of the world take; an order of more is refused as a whole, and nobody would have a certificate. */
const namesMax = 100;
/** A timer reaches no further than 24 days; the longest wait is cut to this. */
const waitMaxMs = 24 * 3_600_000;

export async function createAcmeCertificates(
  options: AcmeCertificatesOptions,
): Promise<CertificateSource> {
  const { clock, onEvent, random = Math.random } = options;
  const wished = [...new Set(options.names.map((name) => name.toLowerCase()))];
  const names = wished.slice(0, namesMax);
  if (wished.length > namesMax) {
    const problem = `One certificate holds ${namesMax} names; the first ones are ordered.`;
    onEvent({ name: 'certificate.names-left-out', names: wished.slice(namesMax), problem });
  }
  const state = await openAcmeState(options.dir);
  const key = await openAccountKey(options.dir);
  const kept = await state.pair();
  const keptAnswer = kept === undefined ? undefined : checkPair(kept, clock.now());
  if (keptAnswer?.kind === 'unusable')
    onEvent({ name: 'certificate.refused', from: 'acme', problem: keptAnswer.problem });
  const isOrdered = keptAnswer !== undefined && keptAnswer.kind !== 'unusable';
  const holder = createCertificateHolder(
    isOrdered ? keptAnswer.pair : usable(options.fallback, clock.now(), 'the fallback'),
  );
  const timing = await state.timing();
  const isSameOrder = timing !== undefined && String(timing.names) === String(names);
  let failures = isSameOrder ? timing.failures : 0;
  let nextAtMs = isSameOrder
    ? timing.nextAtMs
    : isOrdered && names.every((name) => holder.pair().names.includes(name))
      ? renewAtMs(holder.pair(), random())
      : 0;
  const stop = new AbortController();

  const again = async (atMs: number, failuresNow: number): Promise<void> => {
    failures = failuresNow;
    nextAtMs = Math.round(atMs);
    await state.keepTiming({ failures, nextAtMs, names });
  };

  const attempt = async (): Promise<void> => {
    const { pair, leftOut, problem } = await askAuthority(
      { ...options, key, signal: stop.signal },
      names,
    );
    const answer = checkPair(pair, clock.now());
    if (answer.kind !== 'good')
      throw new CertificatesError('ACME_BAD_ANSWER', { about: answer.problem });
    await state.keepPair(answer.pair);
    holder.replace(answer.pair);
    const { expiresAtMs } = answer.pair;
    onEvent({ name: 'certificate.changed', from: 'acme', names: answer.pair.names, expiresAtMs });
    if (leftOut.length > 0)
      onEvent({ name: 'certificate.names-left-out', names: leftOut, problem });
    const renewal = renewAtMs(answer.pair, random());
    await again(leftOut.length > 0 ? Math.min(renewal, clock.now() + leftOutAgainMs) : renewal, 0);
  };

  const run = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      const waitMs = Math.min(nextAtMs - clock.now(), waitMaxMs);
      if (waitMs > 0) {
        await clock.sleep(waitMs, stop.signal).catch(() => undefined); // Aborted: the loop ends by itself.
        continue;
      }
      try {
        await attempt();
      } catch (cause) {
        if (stop.signal.aborted) return;
        const asked = cause instanceof CertificatesError ? cause.retryAfterMs : undefined;
        const retryAtMs = clock.now() + backoffMs(failures + 1, random(), asked);
        const problem = cause instanceof Error ? cause.message : String(cause);
        onEvent({ name: 'certificate.order-failed', names, problem, retryAtMs, cause });
        // Not kept on a full disk: then only a restart forgets the pause.
        await again(retryAtMs, failures + 1).catch(() => undefined);
      }
    }
  };

  const running = run();
  return Object.assign(holder.source, {
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await running;
    },
  });
}
