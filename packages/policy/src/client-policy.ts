// What can be said of a client before he has said who he is: networks the operator blocked, rates, guessing of addresses.
//
// Promises
// - Answers at once and from memory; nothing here waits for a network, nothing here knows the content of mail.
// - Peers are never asked about; trusted networks are never counted. Every refusal is an event with the name of its check.
import { smtpReply, type EventSink, type SmtpReply } from '@restante/mail-model';
import type { Clock } from '@restante/runtime';
import type { HarvestGuard } from './harvest/harvest-guard.ts';
import { createNetworks } from './networks.ts';
import { rateLimit, type RateLimit } from './rates.ts';

export interface ClientPolicyOptions {
  readonly connectionsPerMinute: number;
  readonly messagesPerMinute: number;
  readonly recipientsPerMinute: number;
  readonly addressesRemembered: number;
  readonly trustedNetworks: readonly string[];
  readonly blockedNetworks: readonly string[];
  readonly harvest: Pick<HarvestGuard, 'judge' | 'noteUnknown'>;
  readonly onEvent: EventSink;
  readonly clock: Clock;
}

/** A reply refuses. */
export interface ClientPolicy {
  judgeConnection(address: string): SmtpReply | undefined;
  judgeMessage(address: string): SmtpReply | undefined;
  judgeRecipient(address: string): SmtpReply | undefined;
  noteUnknownRecipient(address: string): void;
}

const blockedReply = smtpReply(
  554,
  '5.7.1',
  'Mail from your address is blocked here; please write to the postmaster by another way',
);

export function createClientPolicy(options: ClientPolicyOptions): ClientPolicy {
  const { addressesRemembered, harvest, clock, onEvent } = options;
  const trusted = createNetworks(options.trustedNetworks);
  const blocked = createNetworks(options.blockedNetworks);
  const rate = (of: string, perMinute: number, code: 421 | 450) =>
    rateLimit({ of, perMinute, addressesRemembered, code });
  const connections = rate('connections', options.connectionsPerMinute, 421);
  const messages = rate('messages', options.messagesPerMinute, 450);
  const recipients = rate('recipients', options.recipientsPerMinute, 450);

  const refused = (check: string, reply: SmtpReply): SmtpReply => {
    onEvent({ name: 'policy.judged', check, action: reply.code >= 500 ? 'refuse' : 'defer' });
    return reply;
  };
  const counted = (limit: RateLimit, address: string): SmtpReply | undefined => {
    const reply = limit.count(address, clock.now());
    return reply && refused(limit.name, reply);
  };
  const guessing = (address: string): SmtpReply | undefined => {
    const reply = harvest.judge(address, clock.now());
    return reply && refused('harvest-guard', reply);
  };
  const isTrusted = (address: string) => trusted.includes(address);

  return {
    judgeConnection(address) {
      if (isTrusted(address)) return undefined;
      if (blocked.includes(address)) return refused('blocked-network', blockedReply);
      return counted(connections, address);
    },
    judgeMessage: (address) =>
      isTrusted(address) ? undefined : (guessing(address) ?? counted(messages, address)),
    judgeRecipient: (address) =>
      isTrusted(address) ? undefined : (guessing(address) ?? counted(recipients, address)),
    noteUnknownRecipient(address) {
      if (!isTrusted(address)) harvest.noteUnknown(address, clock.now());
    },
  };
}
