// Delivery into the mailboxes of this site: the last step of a message's way.
//
// One message and one mailbox make one delivery, whatever aliases led there; the store recognises it by its delivery id,
// so a crash between append and settle makes no second copy.
import type { Deliverer, MessageToDeliver } from '@restante/delivery';
import {
  domainOf,
  smtpReply,
  type DeliveryOutcome,
  type EventSink,
  type RecipientOutcome,
} from '@restante/mail-model';
import type { AppendAnswer, MailboxStore } from '@restante/mailbox-store';
import { readHeader, wasDeliveredTo } from '@restante/relay';
import type { ForwardMessage } from './forward-message.ts';
import { isOffice } from './is-office.ts';

export interface LocalDelivererOptions {
  readonly store: MailboxStore;
  /** Sends a copy on to addresses that do not live here (aliases to elsewhere). Idempotent per message and address. */
  readonly forward: ForwardMessage;
  readonly tagSeparatorOf: (domain: string) => string;
  /** Somebody else may want to read it, too, once it is delivered; the body is there until it resolves. Must not throw. */
  readonly onDelivered?: (message: MessageToDeliver, recipient: string) => Promise<void>;
  readonly onEvent: EventSink;
}

export function createLocalDeliverer(options: LocalDelivererOptions): Deliverer {
  return {
    async attempt(message) {
      const outcomes: RecipientOutcome[] = [];
      for (const recipient of message.recipients) {
        const outcome = await deliverTo(options, message, recipient);
        if (outcome.kind === 'delivered') await options.onDelivered?.(message, recipient);
        outcomes.push({ recipient, outcome });
      }
      return outcomes;
    },
    async [Symbol.asyncDispose]() {
      // Nothing is kept open here; the store belongs to the node.
    },
  };
}

async function deliverTo(
  options: LocalDelivererOptions,
  message: MessageToDeliver,
  recipient: string,
): Promise<DeliveryOutcome> {
  const targets = targetsOf(options, recipient);
  if (targets.length === 0) return rejected('5.1.1', 'There is no such recipient here any more');
  if (await isLooping(message, recipient))
    return rejected(
      '5.4.6',
      'This message was delivered to this address before: it is going in circles',
    );

  let worst: DeliveryOutcome = {
    kind: 'delivered',
    by: 'mailbox',
    reply: smtpReply(250, '2.1.5', 'Delivered to the mailbox'),
  };
  for (const target of targets) {
    const outcome = await deliverToOne(options, message, { recipient, target });
    if (outcome.kind !== 'delivered') worst = outcome;
  }
  return worst;
}

/** RFC 5321 §4.5.1, RFC 2142: a domain without a postmaster or abuse of its own has its oldest account in that office. */
function targetsOf(
  { store, tagSeparatorOf }: LocalDelivererOptions,
  recipient: string,
): readonly string[] {
  const targets = store.resolve(recipient);
  const domain = domainOf(recipient);
  // A catch-all whose account is gone is nobody, too.
  const isSomebody = targets.some(
    (target) => domainOf(target) !== domain || store.accounts.account(target) !== undefined,
  );
  if (isSomebody || !isOffice(recipient, tagSeparatorOf(domain))) return targets;
  // A suspended one reads nothing, and his mailbox takes nothing.
  const [oldest] = store.accounts
    .accounts(domain)
    .toSorted(
      (a, b) =>
        Number(a.state === 'suspended') - Number(b.state === 'suspended') ||
        a.createdAtMs - b.createdAtMs,
    );
  return oldest === undefined ? targets : [oldest.address];
}

async function deliverToOne(
  { store, forward, onEvent }: LocalDelivererOptions,
  message: MessageToDeliver,
  { recipient, target }: { readonly recipient: string; readonly target: string },
): Promise<DeliveryOutcome> {
  if (store.accounts.account(target) === undefined) {
    await forward(message, { recipient, target });
    return {
      kind: 'delivered',
      by: 'forward',
      reply: smtpReply(250, '2.1.5', `Forwarded to ${target}`),
    };
  }
  const answer = await store.append({
    address: target,
    deliveryId: message.messageId,
    prefix: deliveryHeader(message, recipient),
    body: await message.body(),
    receivedAtMs: message.acceptedAtMs,
    // Whether that means the Junk folder is for the account to say.
    isJunk: message.verdict.spam !== undefined,
  });
  if (answer.kind === 'stored') {
    onEvent({
      name: 'mailbox.appended',
      id: message.id,
      recipient,
      uid: answer.uid,
      sizeBytes: message.sizeBytes,
    });
  }
  return outcomeOf(answer);
}

function outcomeOf(answer: AppendAnswer): DeliveryOutcome {
  switch (answer.kind) {
    case 'stored':
      return {
        kind: 'delivered',
        by: 'mailbox',
        reply: smtpReply(250, '2.1.5', 'Delivered to the mailbox'),
      };
    case 'no-such-account':
      return rejected('5.1.1', 'There is no such recipient here any more');
    case 'suspended':
      return {
        kind: 'deferred',
        cause: 'next-hop-asked-to-wait',
        reply: smtpReply(450, '4.2.1', 'The mailbox is disabled for now'),
      };
    case 'over-quota':
      return {
        kind: 'deferred',
        cause: 'next-hop-asked-to-wait',
        reply: smtpReply(452, '4.2.2', 'The mailbox is full'),
      };
  }
}

function rejected(enhanced: string, text: string): DeliveryOutcome {
  return { kind: 'rejected', by: 'mailbox', reply: smtpReply(550, enhanced, text) };
}

/** RFC 5321 §4.4: the final delivery records the reverse-path as Return-Path; Delivered-To is what stops circles. */
function deliveryHeader(message: MessageToDeliver, recipient: string): string {
  return `Return-Path: <${message.envelope.sender}>\r\nDelivered-To: ${recipient}\r\n`;
}

async function isLooping(message: MessageToDeliver, recipient: string): Promise<boolean> {
  return wasDeliveredTo(await readHeader(await message.body()), recipient);
}
