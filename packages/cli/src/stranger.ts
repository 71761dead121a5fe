// Sends one message as a stranger's mail server would: ask DNS for the MX list, try the hosts in order of preference, stop
// at the first that takes or refuses it (RFC 5321 §5.1). Whose port is not 25 is looked up in the cluster file, because
// a demo cannot have port 25.
import type { SiteConfig } from '@restante/config';
import { splitHostPort } from '@restante/config';
import { DnsError } from '@restante/dns';
import type { Resolver } from '@restante/dns';
import { domainOf, isPermanent, isPositive, smtpReply } from '@restante/mail-model';
import type { Envelope, SmtpReply } from '@restante/mail-model';
import { connectSmtp, SmtpConnectionError } from '@restante/smtp';
import { CliError } from './errors.ts';

export interface Try {
  readonly host: string;
  readonly preference: number;
  readonly address: string;
  readonly reply: SmtpReply;
  readonly isAnswer: boolean;
  /** The connection broke between the last byte and the reply: they may have it, and the next host gets it, too. */
  readonly mayHaveArrived: boolean;
}

export interface Letter {
  readonly sender: string;
  readonly recipient: string;
  readonly bytes: Buffer;
  readonly helo: string;
}

export interface World {
  readonly resolver: Resolver;
  readonly sites: readonly SiteConfig[];
  /** Called with every host that was tried, as it happens. */
  onTry(attempt: Try): void;
  /** True for a host that was away a moment ago; absent: every host is tried every time. */
  passOver?(host: string): boolean;
}

/** The reply that decided, or undefined when nobody did. */
export async function sendAsStranger(letter: Letter, world: World): Promise<SmtpReply | undefined> {
  for (const { exchange, priority } of await mailHostsOf(
    domainOf(letter.recipient),
    world.resolver,
  )) {
    if (world.passOver?.(exchange) === true) continue;
    for (const address of await addressesOf(exchange, world.resolver)) {
      const { reply, isAnswer, mayHaveArrived } = await tryHost(letter, {
        host: exchange,
        address,
        port: portOf(exchange, world.sites),
      });
      world.onTry({
        host: exchange,
        preference: priority,
        address,
        reply,
        isAnswer,
        mayHaveArrived,
      });
      // RFC 5321 §5.1: a temporary failure moves on to the next host.
      if (isAnswer && (isPositive(reply) || isPermanent(reply))) return reply;
    }
  }
  return undefined;
}

async function mailHostsOf(
  domain: string,
  resolver: Resolver,
): Promise<readonly { readonly exchange: string; readonly priority: number }[]> {
  try {
    const hosts = await resolver.resolve(domain, 'MX');
    return hosts.toSorted((one, other) => one.priority - other.priority);
  } catch (cause) {
    if (!(cause instanceof DnsError)) throw cause;
    throw new CliError('FOUND_A_PROBLEM', `DNS knows no mail host of ${domain} (${cause.code}).`, {
      cause,
    });
  }
}

async function addressesOf(host: string, resolver: Resolver): Promise<readonly string[]> {
  const found = await resolver.lookup(host).catch((cause: unknown) => {
    if (cause instanceof DnsError) return []; // A host without an address is passed over.
    throw cause;
  });
  return found.map(({ address }) => address);
}

function portOf(host: string, sites: readonly SiteConfig[]): number {
  const site = sites.find((each) => each.hostname === host);
  return (site && splitHostPort(site.listen.smtp)?.port) ?? 25;
}

async function tryHost(
  { sender, recipient, bytes, helo }: Letter,
  to: { readonly host: string; readonly address: string; readonly port: number },
): Promise<Said> {
  try {
    const connection = await connectSmtp({
      ...to,
      protocol: 'smtp',
      helo,
      tls: { mode: 'opportunistic' },
      timeouts: { connectMs: 5_000, greetingMs: 15_000, helloMs: 15_000 },
    });
    try {
      const envelope: Envelope = {
        sender,
        recipients: [{ address: recipient }],
        body: '8bitmime',
        smtpUtf8: false,
      };
      const { recipients } = await connection.send({ envelope, body: { kind: 'bytes', bytes } });
      const [result] = recipients;
      if (!result) return nothingSaid('The server said nothing about the recipient.');
      const isLost = result.by === 'lost';
      return {
        reply: result.reply,
        isAnswer: result.by === 'answered',
        mayHaveArrived: isLost && (result.phase === 'body' || result.phase === 'end-of-data'),
      };
    } finally {
      await connection.close();
    }
  } catch (failure) {
    if (!(failure instanceof SmtpConnectionError)) throw failure;
    return failure.reply
      ? { reply: failure.reply, isAnswer: true, mayHaveArrived: false }
      : nothingSaid(failure.message);
  }
}

type Said = Pick<Try, 'reply' | 'isAnswer' | 'mayHaveArrived'>;

function nothingSaid(text: string): Said {
  return { reply: smtpReply(421, '4.4.1', text), isAnswer: false, mayHaveArrived: false };
}
