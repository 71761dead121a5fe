// A session with one of a domain's mail servers: the first in order that may be tried, has what is demanded of TLS, and
// answers. Everything that was tried and failed is in the NoSession that is thrown otherwise.
import { smtpReply } from '@restante/mail-model';
import type { Clock } from '@restante/runtime';
import { connectSmtp, SmtpConnectionError } from '@restante/smtp';
import type { ConnectSmtp, SmtpConnection, SmtpTarget, SmtpTimeouts } from '@restante/smtp';
import type { AddressSlots, SlotOwner } from './address-slots.ts';
import type { CircuitBreaker } from './circuit-breaker.ts';
import { findMailServers } from './find-mail-servers.ts';
import type { FindMailServersOptions, MailServer } from './find-mail-servers.ts';
import { NoRoute } from './no-route.ts';
import { isNetworkTrouble, NoSession } from './no-session.ts';
import type { TlsAdvice } from './tls-advice.ts';

export interface OpenSessionOptions {
  readonly finding: () => Promise<FindMailServersOptions>;
  readonly advice: TlsAdvice;
  readonly breaker: CircuitBreaker;
  readonly slots: AddressSlots;
  readonly helo: string;
  readonly port: number;
  readonly localAddress?: string;
  readonly timeouts?: Partial<SmtpTimeouts>;
  /** All servers of a domain together may take this long. */
  readonly connectDeadlineMs: number;
  readonly connect?: ConnectSmtp;
  readonly clock: Clock;
}

export interface SessionWish {
  readonly domain: string;
  readonly owner: SlotOwner;
  readonly signal: AbortSignal;
  /** An address that has just failed in the middle of a message. */
  readonly except?: string;
}

export type OpenSession = (wish: SessionWish) => Promise<SmtpConnection>;

export function sessionOpener(options: OpenSessionOptions): OpenSession {
  return async (wish) => {
    const found = await findMailServers(wish.domain, await options.finding());
    const servers = found.filter(({ address }) => address !== wish.except);
    const signal = AbortSignal.any([wish.signal, AbortSignal.timeout(options.connectDeadlineMs)]);
    const failures: unknown[] = [];
    for (const server of servers) {
      try {
        return await openOne(options, { ...wish, signal }, server);
      } catch (failure) {
        failures.push(failure);
        if (signal.aborted) break;
      }
    }
    throw new NoSession(failures);
  };
}

async function openOne(
  options: OpenSessionOptions,
  { domain, owner, signal }: SessionWish,
  { host, address, isAuthenticated }: MailServer,
): Promise<SmtpConnection> {
  const { advice, breaker, slots, port } = options;
  const advised = { domain, host, port, isAuthenticated };
  const demand = await advice.demandOf(advised);
  if (demand.kind === 'avoid') {
    advice.noteSession(advised, demand);
    throw new NoRoute({ kind: 'deferred', reply: demand.reply, cause: demand.cause });
  }
  const may = breaker.mayTry(address);
  if (may.kind === 'no') throw leftAlone(`${host}[${address}]`, may);

  let giveBack: (() => void) | undefined;
  try {
    giveBack = await slots.take(address, owner, signal);
    const target: SmtpTarget = {
      host,
      address,
      port,
      protocol: 'smtp',
      helo: options.helo,
      tls: demand.tls,
      ...(options.localAddress === undefined ? {} : { localAddress: options.localAddress }),
      ...(options.timeouts === undefined ? {} : { timeouts: options.timeouts }),
    };
    const connection = await (options.connect ?? connectSmtp)(target, { signal });
    void connection.closed.then(giveBack);
    breaker.reached(address);
    advice.noteSession(advised, demand);
    return connection;
  } catch (failure) {
    giveBack?.();
    if (isHostTrouble(failure)) breaker.failed(address, failure);
    else breaker.letGo(address);
    advice.noteSession(advised, demand, failure);
    throw failure;
  }
}

/** Says about the server itself, whatever the message and the domain. What TLS lacks is between a domain and its policy. */
function isHostTrouble(failure: unknown): boolean {
  if (!(failure instanceof SmtpConnectionError)) return false;
  return (
    isNetworkTrouble(failure) || failure.code === 'SMTP_REFUSED' || failure.code === 'SMTP_GARBAGE'
  );
}

/** The same failure once more, and that nobody was asked this time. */
function leftAlone(
  peer: string,
  { failure, forMs }: { readonly failure: unknown; readonly forMs: number },
): unknown {
  const seconds = Math.ceil(forMs / 1000);
  const words = failure instanceof Error ? failure.message : String(failure);
  const detail = `it failed again and again and is left alone for ${seconds} s; the last time: ${words}`;
  if (!(failure instanceof SmtpConnectionError))
    return new NoRoute({
      kind: 'deferred',
      reply: smtpReply(451, '4.4.1', `${peer}: ${detail}`),
      cause: 'next-hop-unreachable',
    });
  const { code, phase, reply } = failure;
  return new SmtpConnectionError(code, {
    phase,
    peer,
    detail,
    ...(reply === undefined ? {} : { reply }),
  });
}
