// The policy about clients as the edge asks for it: may he connect, send another message, name another recipient.
//
// Peers are never asked about; trusted networks are never counted. Every refusal is an event with the name of its check.
import type { EventSink, SmtpReply } from '@restante/mail-model';
import type { Clock } from '@restante/runtime';
import type { Check, Client } from './check.ts';
import { blockedNetwork } from './checks/blocked-network.ts';
import { harvestGuard } from './checks/harvest-guard.ts';
import { rateLimit } from './checks/rate-limit.ts';
import { evaluate } from './evaluate.ts';
import { createNetworks } from './networks.ts';

export interface ClientPolicyOptions {
  readonly connectionsPerMinute: number;
  readonly messagesPerMinute: number;
  readonly recipientsPerMinute: number;
  readonly harvestUnknownMax: number;
  readonly harvestWindowMs: number;
  readonly harvestBlockMs: number;
  readonly addressesRemembered: number;
  readonly trustedNetworks: readonly string[];
  readonly blockedNetworks: readonly string[];
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

export function createClientPolicy(options: ClientPolicyOptions): ClientPolicy {
  const { addressesRemembered, clock, onEvent } = options;
  const trusted = createNetworks(options.trustedNetworks);
  const harvest = harvestGuard({
    unknownMax: options.harvestUnknownMax,
    windowMs: options.harvestWindowMs,
    blockMs: options.harvestBlockMs,
    addressesRemembered,
  });
  const rate = (of: string, perMinute: number, code: 421 | 450) =>
    rateLimit({ of, perMinute, addressesRemembered, code });
  const onConnection = [
    blockedNetwork(createNetworks(options.blockedNetworks)),
    rate('connections', options.connectionsPerMinute, 421),
  ];
  const onMessage = [harvest, rate('messages', options.messagesPerMinute, 450)];
  const onRecipient = [harvest, rate('recipients', options.recipientsPerMinute, 450)];

  const ask = (checks: readonly Check<Client>[], address: string): SmtpReply | undefined => {
    if (trusted.includes(address)) return undefined;
    const { verdict, reply } = evaluate(checks, { address }, clock.now());
    for (const { check } of verdict.reasons)
      onEvent({ name: 'policy.judged', check, action: verdict.action });
    return reply;
  };
  return {
    judgeConnection: (address) => ask(onConnection, address),
    judgeMessage: (address) => ask(onMessage, address),
    judgeRecipient: (address) => ask(onRecipient, address),
    noteUnknownRecipient: (address) => {
      if (!trusted.includes(address)) harvest.noteUnknown(address, clock.now());
    },
  };
}
