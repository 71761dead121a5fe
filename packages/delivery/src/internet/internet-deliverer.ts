// Delivers to the mail servers of the recipients' domains, whoever runs them.
//
// Recipients are grouped by domain; each domain has a pool of its own for as long as there is mail for it. The next server
// of the list is tried only when no session came to be with the one before: who answered MAIL or RCPT has answered.
import { domainOf } from '@restante/mail-model';
import { systemClock } from '@restante/runtime';
import type { Clock } from '@restante/runtime';
import { connectSmtp } from '@restante/smtp';
import type { ConnectSmtp, SmtpConnection, SmtpTimeouts, TlsPolicy } from '@restante/smtp';
import { attemptThroughPool } from '../attempt-through-pool.ts';
import type { OnResult } from '../attempt-through-pool.ts';
import { connectToFirst } from '../connect-to-first.ts';
import type { AttemptedRecipient, Deliverer } from '../deliverer.ts';
import { createSmtpPool } from '../smtp-pool.ts';
import type { SmtpPool } from '../smtp-pool.ts';
import { createAddressGuard } from './address-guard.ts';
import { findMailServers } from './find-mail-servers.ts';
import type { FindMailServersOptions, MxResolver } from './find-mail-servers.ts';

export interface InternetDelivererOptions {
  readonly resolver: MxResolver;
  /** What we say in EHLO; also one of our own names. */
  readonly helo: string;
  /** Other names under which our sites stand in MX records. */
  readonly ownNames?: readonly string[];
  readonly ownAddresses?: readonly string[];
  /** 25, unless this is a test. */
  readonly port?: number;
  readonly localAddress?: string;
  readonly tls?: TlsPolicy;
  readonly timeouts?: Partial<SmtpTimeouts>;
  /** Connections to one domain at the same time. */
  readonly connectionsMax?: number;
  readonly messagesPerConnection?: number;
  readonly idleMaxMs?: number;
  readonly hostsMax?: number;
  readonly addressesMax?: number;
  /** All servers of a domain together may take this long until one has greeted us. */
  readonly connectDeadlineMs?: number;
  readonly allowPrivateAddresses?: boolean;
  readonly allowAddressLiterals?: boolean;
  readonly onResult?: OnResult;
  readonly connect?: ConnectSmtp;
  readonly clock?: Clock;
}

interface Destination {
  readonly pool: SmtpPool;
  users: number;
  idleSinceMs: number;
}

export function createInternetDeliverer(options: InternetDelivererOptions): Deliverer {
  const clock = options.clock ?? systemClock;
  const idleMaxMs = options.idleMaxMs ?? 30_000;
  const destinations = new Map<string, Destination>();
  const open = connectionMaker(options);

  const destinationOf = (domain: string): Destination => {
    const known = destinations.get(domain);
    if (known !== undefined) return known;
    const pool = createSmtpPool({
      connect: (signal) => open(domain, signal),
      limit: options.connectionsMax ?? 4,
      messagesMax: options.messagesPerConnection ?? 100,
      idleMaxMs,
      // A stranger's server closes idle connections sooner than our own sites do.
      staleAfterMs: 5_000,
      clock,
    });
    const destination = { pool, users: 0, idleSinceMs: clock.monotonicMs() };
    destinations.set(domain, destination);
    return destination;
  };

  const sweeper = setInterval(() => {
    const before = clock.monotonicMs() - 2 * idleMaxMs;
    for (const [domain, { pool, users, idleSinceMs }] of destinations) {
      if (users > 0 || idleSinceMs > before) continue;
      destinations.delete(domain);
      void pool[Symbol.asyncDispose]();
    }
  }, idleMaxMs);
  sweeper.unref();

  return {
    async attempt(message, signal) {
      const groups = Map.groupBy(message.recipients, domainOf);
      const attempts = [...groups].map(async ([domain, recipients]) => {
        const destination = destinationOf(domain);
        destination.users += 1;
        const { pool } = destination;
        const outcomes = await attemptThroughPool({
          pool,
          message,
          recipients,
          signal,
          onResult: options.onResult,
        });
        destination.users -= 1;
        destination.idleSinceMs = clock.monotonicMs();
        return outcomes;
      });
      const outcomes: readonly (readonly AttemptedRecipient[])[] = await Promise.all(attempts);
      return outcomes.flat();
    },
    async [Symbol.asyncDispose]() {
      clearInterval(sweeper);
      await Promise.all([...destinations.values()].map(({ pool }) => pool[Symbol.asyncDispose]()));
    },
  };
}

type OpenConnection = (domain: string, signal: AbortSignal) => Promise<SmtpConnection>;

function connectionMaker(options: InternetDelivererOptions): OpenConnection {
  const guard = createAddressGuard({
    ownAddresses: options.ownAddresses ?? [],
    allowPrivate: options.allowPrivateAddresses ?? false,
  });
  const finding: FindMailServersOptions = {
    resolver: options.resolver,
    ownNames: new Set(
      [options.helo, ...(options.ownNames ?? [])].map((name) => name.toLowerCase()),
    ),
    guard,
    allowAddressLiterals: options.allowAddressLiterals ?? false,
    hostsMax: options.hostsMax ?? 5,
    addressesMax: options.addressesMax ?? 5,
  };
  const common = {
    port: options.port ?? 25,
    protocol: 'smtp' as const,
    helo: options.helo,
    // RFC 7435: encryption when it can be had.
    tls: options.tls ?? { mode: 'opportunistic' as const },
    ...(options.localAddress === undefined ? {} : { localAddress: options.localAddress }),
    ...(options.timeouts === undefined ? {} : { timeouts: options.timeouts }),
  };
  const connect = options.connect ?? connectSmtp;
  return async (domain, signal) => {
    const servers = await findMailServers(domain, finding);
    const deadline = AbortSignal.any([
      signal,
      AbortSignal.timeout(options.connectDeadlineMs ?? 300_000),
    ]);
    const targets = servers.map(({ host, address }) => ({ ...common, host, address }));
    return connectToFirst({ targets, connect, signal: deadline });
  };
}
