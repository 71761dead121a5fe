// From a domain to the addresses of its mail servers, in the order they are to be tried (RFC 5321 §5.1).
//
// Promises
// - "Could not find out" defers, always. Only what DNS really says rejects: no such domain, null MX, no usable server.
// - A server list that leads back to us is cut off at our own preference; nothing left is a loop, not a reason to connect.
// - Servers of equal preference are shuffled, so that load is spread.
import { isIP } from 'node:net';
import { smtpReply } from '@restante/mail-model';
import type { DeliveryOutcome } from '@restante/mail-model';
import type { AddressGuard } from './address-guard.ts';
import { NoRoute } from './no-route.ts';

/** The part of DNS we need; node's error codes (ENOTFOUND, ENODATA ...). */
export interface MxResolver {
  resolve(
    name: string,
    type: 'MX',
  ): Promise<readonly { readonly priority: number; readonly exchange: string }[]>;
  /** The same with the resolver's word that it was validated; without it nothing counts as validated. */
  resolveDetailed?(
    name: string,
    type: 'MX',
  ): Promise<{
    readonly records: readonly { readonly priority: number; readonly exchange: string }[];
    readonly isAuthenticated: boolean;
  }>;
  /** A and AAAA of a host. */
  lookup(host: string): Promise<readonly { readonly address: string }[]>;
}

export interface MailServer {
  readonly host: string;
  readonly address: string;
  /** The MX records were validated; what DANE hangs on (RFC 7672 §2.2.1). */
  readonly isAuthenticated: boolean;
}

export interface FindMailServersOptions {
  readonly resolver: MxResolver;
  /** Names under which our own servers stand in MX records, lower case. */
  readonly ownNames: ReadonlySet<string>;
  readonly guard: AddressGuard;
  /** Deliver to user@[192.0.2.1]. */
  readonly allowAddressLiterals: boolean;
  readonly hostsMax: number;
  readonly addressesMax: number;
  readonly random?: () => number;
}

interface Exchange {
  readonly preference: number;
  readonly host: string;
  readonly isAuthenticated: boolean;
}

/** At least one server, or NoRoute with the outcome for the domain's recipients. */
export async function findMailServers(
  domain: string,
  options: FindMailServersOptions,
): Promise<readonly MailServer[]> {
  if (domain.startsWith('[')) return literalServers(domain, options);
  const exchanges = inOrder(
    await exchangesOf(domain, options.resolver),
    options.random ?? Math.random,
  );
  const foreign = beforeOurselves(exchanges, ({ host }) => options.ownNames.has(host));
  if (foreign.length === 0)
    throw rejected('5.4.6', `The mail servers of ${domain} lead back to this one.`);
  return serversOf(domain, foreign.slice(0, options.hostsMax), options);
}

function literalServers(
  domain: string,
  { allowAddressLiterals, guard }: FindMailServersOptions,
): readonly MailServer[] {
  // RFC 5321 §4.1.3: "[192.0.2.1]" or "[IPv6:2001:db8::1]".
  const address = domain.slice(1, -1).replace(/^ipv6:/i, '');
  if (!allowAddressLiterals || isIP(address) === 0 || guard(address) !== undefined) {
    throw rejected('5.1.2', `Mail is not delivered to the address ${domain}; use a domain name.`);
  }
  return [{ host: address, address, isAuthenticated: false }];
}

async function exchangesOf(domain: string, resolver: MxResolver): Promise<readonly Exchange[]> {
  const answer = await askForMx(domain, resolver).catch((cause: unknown) => {
    const code = codeOf(cause);
    if (code === 'ENODATA') return undefined;
    if (code === 'ENOTFOUND' || code === 'EBADNAME') {
      throw rejected('5.1.2', `The domain ${domain} does not exist.`, cause);
    }
    throw unresolved(domain, cause);
  });
  // RFC 5321 §5.1: no MX at all means the domain itself, with preference 0. Whoever forged that "no" leads to a host whose
  // TLSA records he would have to forge as well, so it needs no proof (RFC 7672 §2.2.2).
  if (answer === undefined || answer.records.length === 0)
    return [{ preference: 0, host: domain, isAuthenticated: true }];
  const named = answer.records.filter(({ exchange }) => exchange !== '' && exchange !== '.');
  if (named.length === 0) {
    // RFC 7505 §3 and §4.1: the domain takes no mail.
    throw new NoRoute({
      kind: 'rejected',
      reply: smtpReply(556, '5.1.10', `The domain ${domain} takes no mail (null MX).`),
    });
  }
  return named.map(({ priority, exchange }) => ({
    preference: priority,
    host: exchange.toLowerCase().replace(/\.$/, ''),
    isAuthenticated: answer.isAuthenticated,
  }));
}

async function askForMx(domain: string, resolver: MxResolver) {
  if (resolver.resolveDetailed !== undefined) return resolver.resolveDetailed(domain, 'MX');
  return { records: await resolver.resolve(domain, 'MX'), isAuthenticated: false };
}

/** RFC 5321 §5.1: lowest first; equals in random order. */
function inOrder(exchanges: readonly Exchange[], random: () => number): readonly Exchange[] {
  return exchanges
    .map((exchange) => ({ exchange, chance: random() }))
    .toSorted((a, b) => a.exchange.preference - b.exchange.preference || a.chance - b.chance)
    .map(({ exchange }) => exchange);
}

/** RFC 5321 §5.1: when we are in the list, we and everybody of our preference or worse is not to be tried. */
function beforeOurselves<E extends Exchange>(
  exchanges: readonly E[],
  isOurs: (exchange: E) => boolean,
): readonly E[] {
  const ours = Math.min(...exchanges.filter(isOurs).map(({ preference }) => preference));
  return exchanges.filter(({ preference }) => preference < ours);
}

interface Located extends Exchange {
  readonly addresses: readonly string[];
  readonly failure?: unknown;
}

async function serversOf(
  domain: string,
  exchanges: readonly Exchange[],
  { resolver, guard, addressesMax }: FindMailServersOptions,
): Promise<readonly MailServer[]> {
  const located = await Promise.all(exchanges.map((exchange) => locate(exchange, resolver)));
  const foreign = beforeOurselves(located, ({ addresses }) =>
    addresses.some((address) => guard(address) === 'is our own'),
  );
  if (foreign.length === 0)
    throw rejected('5.4.6', `The mail servers of ${domain} lead back to this one.`);

  const servers = foreign.flatMap(({ host, addresses, isAuthenticated }) =>
    addresses.map((address) => ({ host, address, isAuthenticated })),
  );
  const usable = servers.filter(({ address }) => guard(address) === undefined);
  if (usable.length > 0) return usable.slice(0, addressesMax);

  const unknown = foreign.find(({ failure }) => failure !== undefined && !isAnswer(failure));
  if (unknown !== undefined) throw unresolved(unknown.host, unknown.failure);
  const [first] = servers;
  if (first !== undefined) {
    const why = guard(first.address) ?? 'cannot be used';
    throw rejected(
      '5.4.4',
      `The mail server ${first.host} of ${domain} cannot be used: ${first.address} ${why}.`,
    );
  }
  // RFC 5321 §5.1: MX records without a usable host are an error, and the domain's own address is no way around it.
  throw rejected('5.4.4', `The domain ${domain} has no mail server with an address.`);
}

async function locate(exchange: Exchange, resolver: MxResolver): Promise<Located> {
  try {
    const found = await resolver.lookup(exchange.host);
    return { ...exchange, addresses: found.map(({ address }) => address) };
  } catch (failure) {
    return { ...exchange, addresses: [], failure };
  }
}

/** DNS said that there is nothing, as opposed to not saying anything. */
function isAnswer(failure: unknown): boolean {
  return ['ENOTFOUND', 'ENODATA', 'EBADNAME'].includes(codeOf(failure));
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string'
    ? cause.code
    : '';
}

function rejected(enhanced: string, text: string, cause?: unknown): NoRoute {
  const outcome: DeliveryOutcome = { kind: 'rejected', reply: smtpReply(550, enhanced, text) };
  return new NoRoute(outcome, cause === undefined ? undefined : { cause });
}

function unresolved(name: string, cause: unknown): NoRoute {
  // RFC 3463 §3.5: X.4.3 directory server failure.
  const reply = smtpReply(
    451,
    '4.4.3',
    `The name ${name} could not be looked up (${codeOf(cause) || 'no answer'}).`,
  );
  return new NoRoute({ kind: 'deferred', reply, cause: 'name-not-resolved' }, { cause });
}
