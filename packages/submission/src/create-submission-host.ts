// What an edge for our own people asks (587, 465, and any other door once somebody has logged in): RFC 6409.
//
// Promises
// - Nobody sends before a login, and nobody as somebody else: envelope sender, From and Sender are the account's own.
// - 250 means on disk, completed and signed; where it goes from here is the router's business, whether the link is up or not.
// - Of where the person is when he writes, nothing leaves the site unless the operator wants it.
import {
  acceptVerdict,
  type EventSink,
  isPositive,
  type MessageIdMaker,
  type SmtpReply,
} from '@restante/mail-model';
import type { Logins } from '@restante/accounts';
import type { DkimSigner } from '@restante/dkim';
import {
  type AcceptParts,
  HeaderBlock,
  judgeDeliveries,
  judgePasses,
  namesPostmaster,
  postmasterHere,
  type RecipientParts,
  replies as relayReplies,
  withPostmaster,
} from '@restante/relay';
import { type EdgeHost, type EdgeSession, formatReceived } from '@restante/smtp';
import type { MessageFacts } from '@restante/spool';
import { judgeHeader, type HeaderVerdict } from './judge-header.ts';
import { judgeRecipient } from './judge-recipient.ts';
import { replies } from './replies.ts';
import { createSendLimits, type OwnSendLimits, type SendLimitSettings } from './send-limits.ts';
import { SubmittedMessage } from './submitted-message.ts';
import type { SendTally } from './tally/send-tally.ts';
import { programIn } from './watch/history/program-of.ts';
import type { SendingWatch } from './watch/sending-watch.ts';

export interface SubmissionSettings extends SendLimitSettings {
  readonly showsClient: boolean;
}

export interface SubmissionOptions extends AcceptParts, RecipientParts {
  readonly hostname: string;
  readonly config: SubmissionSettings;
  readonly logins: Pick<Logins, 'credentialsFor'>;
  /** Is this an address of that account, now? False for unknown and suspended accounts. */
  readonly mayUse: (account: string, address: string) => boolean;
  readonly signer: DkimSigner;
  readonly tally: SendTally;
  /** Since when an account may not send; asked again before every step, so that an open session ends sending at once. */
  readonly sendingStopOf?: (account: string) => { readonly sinceMs: number } | undefined;
  /** Limits an account has of its own. */
  readonly sendLimitsOf?: (account: string) => OwnSendLimits | undefined;
  /** Is told of everything that is sent, and keeps nothing back. */
  readonly watch?: Pick<SendingWatch, 'note' | 'noteUnknownRecipient'>;
  readonly ids: MessageIdMaker;
  /** More Received fields than this is a loop. */
  readonly receivedMax: number;
  /** Where large messages wait for their signature. */
  readonly heldDir: string;
  /** Smaller ones wait in memory. */
  readonly heldInMemoryMaxBytes: number;
  readonly onEvent: EventSink;
}

export function createSubmissionHost(options: SubmissionOptions): EdgeHost {
  const { config, mayUse, onEvent, clock } = options;
  const limits = createSendLimits(options.tally, config, options.sendLimitsOf);
  const stopOf = (account: string) => {
    const stop = options.sendingStopOf?.(account);
    return stop && replies.sendingSuspended(account, stop.sinceMs);
  };
  const parts = {
    ...options,
    held: { dir: options.heldDir, memoryMaxBytes: options.heldInMemoryMaxBytes },
  };
  const noteLimited = (account: string, refusal: SmtpReply | undefined) => {
    if (refusal !== undefined) onEvent({ name: 'submission.limited', account });
    return refusal;
  };

  return {
    credentialsFor: (session) =>
      options.logins.credentialsFor({
        protocol: 'submission',
        address: session.remoteAddress,
        // The edge lets nobody log in where somebody on the way could read along.
        isPrivate: true,
      }),
    // Nobody is judged by his address here: people write from hotels. Wrong passwords are what logins count.
    judgeConnection: async () => undefined,
    closed: () => undefined,

    async judgeSender(session, mail) {
      const account = accountOf(session);
      const stop = stopOf(account);
      if (stop !== undefined) return stop;
      // A receipt has no sender; its author is the account itself, which may be suspended meanwhile.
      const sender = mail.sender === '' ? account : mail.sender;
      if (!mayUse(account, sender)) return replies.senderNotYours(account, sender);
      return noteLimited(account, await limits.judge(account, 1));
    },

    async judgeRecipient(session, { mail, recipient, accepted }) {
      // RFC 5321 §4.5.5: receipts (RFC 8098) have no sender, and one reader.
      if (mail.sender === '' && accepted.length > 0) return replies.nullSenderToMany;
      const address = namesPostmaster(options, recipient.address)
        ? postmasterHere(options)
        : recipient.address;
      const refusal = judgeRecipient(options, { mail, address });
      const account = accountOf(session);
      if (refusal === undefined) {
        return noteLimited(account, await limits.judge(account, accepted.length + 1));
      }
      if (refusal === relayReplies.unknownRecipient) options.watch?.noteUnknownRecipient(account);
      onEvent({
        name: 'recipient.refused',
        reason: refusal === relayReplies.unknownRecipient ? 'unknown' : 'other',
        code: refusal.code,
        clientAddress: session.remoteAddress,
        recipient: recipient.address,
      });
      return refusal;
    },

    async beginMessage(session, { mail, envelope: asked }) {
      if (options.spool.isFull(mail.sizeBytes)) return relayReplies.diskFull;
      const account = accountOf(session);
      const stop = stopOf(account);
      if (stop !== undefined) return stop;
      const envelope = withPostmaster(options, asked);
      const recipients = envelope.recipients.length;
      const refusal = noteLimited(account, await limits.take(account, recipients));
      if (refusal !== undefined && !isPositive(refusal)) return refusal;
      const atMs = clock.now();
      const messageId = options.ids.next(atMs);
      const facts: Omit<MessageFacts, 'fingerprint'> = {
        messageId,
        envelope,
        origin: {
          site: options.site,
          clientAddress: session.remoteAddress,
          helo: session.helo,
          protocol: session.protocol,
          ...(session.tls === undefined ? {} : { tls: session.tls }),
          account,
          receivedAtMs: atMs,
        },
        verdict: acceptVerdict,
        path: [],
      };
      return new SubmittedMessage(parts, {
        facts,
        account,
        trace: formatReceived({
          session,
          hostname: options.hostname,
          id: messageId,
          envelope,
          atMs,
          hidesClient: !config.showsClient,
        }),
        judge: (header) =>
          refusedBy(stopOf(account)) ??
          judgeLoops(options, { header, facts }) ??
          judgeHeader(header, { account, mayUse: (address) => mayUse(account, address) }),
        onRefused: async () => limits.giveBack(account, recipients),
        onTaken: (header) => noteSent(options, { facts, account, header }),
      });
    },

    startDrain: async () => relayReplies.drainRefused,
  };
}

function judgeLoops(
  options: SubmissionOptions,
  { header, facts }: { readonly header: Buffer; readonly facts: Pick<MessageFacts, 'envelope'> },
): HeaderVerdict | undefined {
  const block = new HeaderBlock();
  block.read(header);
  return refusedBy(judgePasses(options, block) ?? judgeDeliveries(options, facts.envelope, block));
}

function refusedBy(reply: SmtpReply | undefined): HeaderVerdict | undefined {
  return reply === undefined ? undefined : { kind: 'refused', reply };
}

interface Sent {
  readonly facts: Pick<MessageFacts, 'messageId' | 'envelope' | 'origin'>;
  readonly account: string;
  readonly header: Buffer;
}

function noteSent({ watch }: SubmissionOptions, { facts, account, header }: Sent): void {
  const program = programIn(header);
  watch?.note({
    id: facts.messageId,
    account,
    recipients: facts.envelope.recipients.map(({ address }) => address),
    clientAddress: facts.origin.clientAddress,
    helo: facts.origin.helo,
    ...(program !== undefined && { program }),
  });
}

/** The edge demands a login before MAIL; without one this is our own mistake, and a 451. */
function accountOf({ account }: EdgeSession): string {
  if (account === undefined) throw new Error('A message was submitted without a login.');
  return account;
}
