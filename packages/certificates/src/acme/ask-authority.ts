// One visit at the authority: directory, account, order; and once more without the names it could not validate.
import type { Clock } from '@restante/runtime';
import type { KeyAndChain } from '../certificate-source.ts';
import { CertificatesError } from '../errors.ts';
import { registerAccount } from './acme-account.ts';
import type { ExternalAccount } from './acme-account.ts';
import { createAcmeWire } from './acme-wire.ts';
import type { AcmeKey } from './acme-wire.ts';
import type { ChallengeBook } from './challenge-book.ts';
import { orderCertificate } from './order-certificate.ts';

export interface Visit {
  readonly directoryUrl: string;
  readonly trusted?: string;
  readonly key: AcmeKey;
  readonly contacts: readonly string[];
  readonly externalAccount?: ExternalAccount;
  readonly challenges: ChallengeBook;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly lookEveryMs?: number;
}

export interface Issued {
  readonly pair: KeyAndChain;
  readonly leftOut: readonly string[];
  /** Why they were left out. */
  readonly problem: string;
}

export async function askAuthority(visit: Visit, names: readonly string[]): Promise<Issued> {
  const { trusted, externalAccount, lookEveryMs } = visit;
  await using wire = createAcmeWire({
    key: visit.key,
    ...(trusted === undefined ? {} : { trusted }),
  });
  // RFC 8555 §7.1.1: every address comes from the directory, none is guessed.
  const { json: directory } = await wire.get(visit.directoryUrl);
  const at = (name: string): string => {
    const url = directory[name];
    if (typeof url !== 'string')
      throw new CertificatesError('ACME_BAD_ANSWER', { about: `a directory without ${name}` });
    return url;
  };
  wire.useNonces(at('newNonce'));
  const accountUrl = await registerAccount(wire, {
    newAccountUrl: at('newAccount'),
    key: visit.key,
    contacts: visit.contacts,
    ...(externalAccount === undefined ? {} : { externalAccount }),
  });
  const parts = {
    wire,
    key: visit.key,
    accountUrl,
    newOrderUrl: at('newOrder'),
    challenges: visit.challenges,
    clock: visit.clock,
    signal: visit.signal,
    ...(lookEveryMs === undefined ? {} : { lookEveryMs }),
  };
  try {
    return { pair: await orderCertificate(parts, names), leftOut: [], problem: '' };
  } catch (cause) {
    const leftOut = worthLeavingOut(cause, names);
    if (leftOut === undefined || !(cause instanceof CertificatesError)) throw cause;
    const rest = names.filter((name) => !leftOut.includes(name));
    return { pair: await orderCertificate(parts, rest), leftOut, problem: cause.message };
  }
}

/** The names to do without; undefined when it would not help. */
function worthLeavingOut(cause: unknown, names: readonly string[]): readonly string[] | undefined {
  if (!(cause instanceof CertificatesError) || cause.code !== 'ACME_NAME_NOT_VALIDATED')
    return undefined;
  const [needed] = names;
  const failed = cause.names.filter((name) => names.includes(name));
  return failed.length === 0 || (needed !== undefined && failed.includes(needed))
    ? undefined
    : failed;
}
