// Delivers to the mail servers of the recipients' domains, whoever runs them.
//
// Recipients are grouped by domain; each domain has a pool of its own for as long as there is mail for it. The next server of
// the list is tried when no session came to be with the one before, and when one was lost before a message can have been taken.
// Who answered MAIL or RCPT has answered.
import { domainOf } from '@restante/mail-model';
import type { EventSink } from '@restante/mail-model';
import { systemClock } from '@restante/runtime';
import type { Clock } from '@restante/runtime';
import type { ConnectSmtp, SmtpTimeouts, TlsPolicy } from '@restante/smtp';
import { attemptThroughPool } from '../attempt-through-pool.ts';
import type { OnResult } from '../attempt-through-pool.ts';
import type { AttemptedRecipient, Deliverer } from '../deliverer.ts';
import { createAddressGuard } from './address-guard.ts';
import { AddressSlots } from './address-slots.ts';
import { CircuitBreaker } from './circuit-breaker.ts';
import { Destinations } from './destinations.ts';
import type { MxResolver } from './find-mail-servers.ts';
import { sessionOpener } from './open-session.ts';
import type { OpenSession, OpenSessionOptions } from './open-session.ts';
import { sameTls } from './tls-advice.ts';
import type { TlsAdvice } from './tls-advice.ts';

export interface InternetDelivererOptions {
  readonly resolver: MxResolver;
  /** What we say in EHLO; also one of our own names. */
  readonly helo: string;
  /** Other names under which our sites stand in MX records. */
  readonly ownNames?: readonly string[];
  /** Where our sites listen; asked for every connection, because names move. */
  readonly ownAddresses?: () => Promise<readonly string[]>;
  /** 25, unless this is a test. */
  readonly port?: number;
  readonly localAddress?: string;
  /** The same for everybody; `security` asks for each server. */
  readonly tls?: TlsPolicy;
  readonly security?: TlsAdvice;
  readonly timeouts?: Partial<SmtpTimeouts>;
  /** Connections for one domain at the same time. */
  readonly connectionsMax?: number;
  /** Connections to one address at the same time, for all domains. */
  readonly connectionsPerAddressMax?: number;
  readonly messagesPerConnection?: number;
  readonly idleMaxMs?: number;
  readonly hostsMax?: number;
  readonly addressesMax?: number;
  /** All servers of a domain together may take this long until one has greeted us. */
  readonly connectDeadlineMs?: number;
  /** Failures in a row after which a server is left alone, for this long at first and at most. */
  readonly hostFailuresMax?: number;
  readonly hostPauseMs?: number;
  readonly hostPauseMaxMs?: number;
  readonly allowPrivateAddresses?: boolean;
  readonly allowAddressLiterals?: boolean;
  readonly onResult?: OnResult;
  readonly onEvent?: EventSink;
  readonly connect?: ConnectSmtp;
  readonly clock?: Clock;
}

export function createInternetDeliverer(options: InternetDelivererOptions): Deliverer {
  const clock = options.clock ?? systemClock;
  const { onEvent } = options;
  const breaker = new CircuitBreaker({
    failuresMax: options.hostFailuresMax ?? 5,
    pauseMs: options.hostPauseMs ?? 60_000,
    pauseMaxMs: options.hostPauseMaxMs ?? 900_000,
    clock,
    onChange: (host, to, why) => onEvent?.({ name: 'destination.changed', host, to, why }),
  });
  const slots = new AddressSlots(options.connectionsPerAddressMax ?? 20);
  const open = openerFor(options, { breaker, slots, clock });
  const destinations = new Destinations({
    open,
    pool: {
      limit: options.connectionsMax ?? 4,
      messagesMax: options.messagesPerConnection ?? 100,
      idleMaxMs: options.idleMaxMs ?? 30_000,
      // A stranger's server closes idle connections sooner than our own sites do.
      staleAfterMs: 5_000,
      isWanted: (address) => slots.isWanted(address),
      clock,
    },
    clock,
  });

  return {
    async attempt(message, signal) {
      const groups = Map.groupBy(message.recipients, domainOf);
      const attempts = [...groups].map(async ([domain, recipients]) =>
        destinations.use(domain, async (pool) =>
          attemptThroughPool({
            pool,
            message,
            recipients,
            signal,
            onResult: options.onResult,
            elsewhere: (lost, reason) => {
              breaker.failed(lost, reason);
              const owner = { yieldIdle: () => undefined };
              return open({ domain, owner, signal, except: lost });
            },
            onServed: (address) => breaker.served(address),
          }),
        ),
      );
      const outcomes: readonly (readonly AttemptedRecipient[])[] = await Promise.all(attempts);
      return outcomes.flat();
    },
    [Symbol.asyncDispose]: () => destinations[Symbol.asyncDispose](),
  };
}

function openerFor(
  options: InternetDelivererOptions,
  shared: Pick<OpenSessionOptions, 'breaker' | 'slots' | 'clock'>,
): OpenSession {
  const finding = {
    resolver: options.resolver,
    ownNames: new Set(
      [options.helo, ...(options.ownNames ?? [])].map((name) => name.toLowerCase()),
    ),
    allowAddressLiterals: options.allowAddressLiterals ?? false,
    hostsMax: options.hostsMax ?? 5,
    addressesMax: options.addressesMax ?? 5,
  };
  return sessionOpener({
    finding: async () => ({
      ...finding,
      guard: createAddressGuard({
        ownAddresses: (await options.ownAddresses?.()) ?? [],
        allowPrivate: options.allowPrivateAddresses ?? false,
      }),
    }),
    // RFC 7435: encryption when it can be had.
    advice: options.security ?? sameTls(options.tls ?? { mode: 'opportunistic' }),
    ...shared,
    helo: options.helo,
    port: options.port ?? 25,
    ...(options.localAddress === undefined ? {} : { localAddress: options.localAddress }),
    ...(options.timeouts === undefined ? {} : { timeouts: options.timeouts }),
    connectDeadlineMs: options.connectDeadlineMs ?? 300_000,
    ...(options.connect === undefined ? {} : { connect: options.connect }),
  });
}
