// What the edge asks this site: may this client talk, is this recipient one of ours, here are the bytes.
//
// Law 4: unknown recipients are refused at RCPT, at the home and at its backup, home up or not.
// Law 5: what a stranger is told is decided here; a peer's message brings its verdict along and is not judged again.
import {
  type HopNote,
  type MessageIdMaker,
  type Origin,
  type Route,
  type SmtpReply,
  acceptVerdict,
  isRoute,
} from '@restante/mail-model';
import type { EdgeHost, EdgeSession, MessageSink } from '@restante/smtp';
import { formatReceived } from '@restante/smtp';
import { decodeHopNote } from './hop-note.ts';
import { IncomingMessage } from './incoming-message.ts';
import { JudgedMessage, type ContentJudge, type JudgedParts } from './judged-message.ts';
import type { HeaderBlock } from './header-block.ts';
import { judgeDeliveries, judgePasses, rulesForPeers } from './judge-loops.ts';
import { judgeRecipient, type RecipientParts } from './judge-recipient.ts';
import { namesPostmaster, postmasterHere, withPostmaster } from './postmaster-here.ts';
import { replies } from './replies.ts';

/** What policy thinks of a client; peers are never asked about. */
export interface Guard {
  judgeConnection(clientAddress: string): SmtpReply | undefined;
  judgeMessage(clientAddress: string): SmtpReply | undefined;
  judgeRecipient(clientAddress: string): SmtpReply | undefined;
  noteUnknownRecipient(clientAddress: string): void;
}

/** Judges strangers by who they are and what they bring; peers and our own people never come here (law 5). */
export interface StrangerGuard {
  /** False for clients the operator trusts. */
  isJudged(session: EdgeSession): boolean;
  /** At MAIL: starts looking things up; never waits. */
  beginSender(session: EdgeSession, sender: string): void;
  /** For a recipient who exists. */
  judgeRecipient(session: EdgeSession, recipient: string): Promise<SmtpReply | undefined>;
  beginContent(session: EdgeSession, recipients: readonly string[]): ContentJudge;
}

export interface GateParts extends Omit<JudgedParts, 'judgeHeader'>, RecipientParts {
  readonly site: string;
  readonly hostname: string;
  readonly ids: MessageIdMaker;
  readonly guard: Guard;
  /** Absent: nobody is judged beyond what the guard counts. */
  readonly judge?: StrangerGuard;
  /** More Received fields than this is a loop (RFC 5321 §6.3). */
  readonly receivedMax: number;
  /** ETRN from a peer: drain now; how many messages wait. */
  readonly startDrain: (route: Route) => number;
}

export function createGate(parts: GateParts): EdgeHost {
  const { guard, judge, onEvent } = parts;
  const isJudged = (session: EdgeSession) =>
    session.peer === undefined && judge?.isJudged(session) === true;

  return {
    judgeConnection(session) {
      return guard.judgeConnection(session.remoteAddress);
    },
    // Whoever is judged is judged by this, too.
    greetsAtOnce: (session) => judge?.isJudged(session) !== true,
    closed: () => undefined,

    judgeSender(session, mail) {
      session.notes.delete('hop');
      if (session.peer !== undefined && mail.hop !== undefined)
        return takeHopNote(parts, session, mail.hop);
      if (session.peer !== undefined) return undefined;
      const refusal = guard.judgeMessage(session.remoteAddress);
      if (refusal !== undefined) return refusal;
      if (isJudged(session)) judge?.beginSender(session, mail.sender);
      return undefined;
    },

    judgeRecipient(session, { mail, recipient }) {
      if (session.peer === undefined) {
        const refusal = guard.judgeRecipient(session.remoteAddress);
        if (refusal !== undefined) return refusal;
      }
      const address = namesPostmaster(parts, recipient.address)
        ? postmasterHere(parts)
        : recipient.address;
      const refusal = judgeRecipient(parts, { session, mail, address });
      if (refusal === undefined)
        return isJudged(session) ? judge?.judgeRecipient(session, address) : undefined;
      if (refusal === replies.unknownRecipient && session.peer === undefined)
        guard.noteUnknownRecipient(session.remoteAddress);
      onEvent({
        name: 'recipient.refused',
        reason: reasonOf(refusal),
        code: refusal.code,
        clientAddress: session.remoteAddress,
        recipient: recipient.address,
      });
      return refusal;
    },

    beginMessage(session, { mail, envelope: asked }): MessageSink | SmtpReply {
      // RFC 5321 §4.2.5, 452: the disk is asked before the client sends its bytes.
      if (parts.spool.isFull(mail.sizeBytes)) return replies.diskFull;
      const envelope = withPostmaster(parts, asked);
      const hop = session.notes.get('hop') as HopNote | undefined;
      const messageId = hop?.messageId ?? parts.ids.next(parts.clock.now());
      const origin = hop?.origin ?? originOf(parts, session);
      const trace = (clientName?: string) =>
        formatReceived({
          session,
          hostname: parts.hostname,
          id: messageId,
          envelope,
          atMs: parts.clock.now(),
          ...(clientName === undefined ? {} : { clientName }),
        });
      const judgeHeader = (header: HeaderBlock) =>
        judgePasses(session.peer === undefined ? parts : rulesForPeers(parts), header) ??
        // For what a peer brings the cluster has answered already; that is judged at delivery.
        (session.peer === undefined ? judgeDeliveries(parts, envelope, header) : undefined);
      const common = { messageId, envelope, origin, path: hop?.path ?? [] };
      if (judge !== undefined && isJudged(session)) {
        const addresses = envelope.recipients.map(({ address }) => address);
        const content = judge.beginContent(session, addresses);
        const facts = { ...common, trace, from: 'stranger' as const };
        return new JudgedMessage({ ...parts, judgeHeader }, facts, content);
      }
      const writer = parts.spool.begin(
        mail.sizeBytes === undefined ? {} : { sizeBytes: mail.sizeBytes },
      );
      const facts = {
        ...common,
        verdict: hop?.verdict ?? acceptVerdict,
        trace: trace(),
        from: session.peer === undefined ? ('stranger' as const) : ('peer' as const),
        ...(hop === undefined ? {} : { hop }),
      };
      return new IncomingMessage({ ...parts, judgeHeader }, facts, writer);
    },

    async startDrain(session, domain) {
      const route = parts.router.routeOf(`postmaster@${domain}`);
      // RFC 1985 §5: only the home itself may ask for its mail; its certificate says who it is.
      if (session.peer === undefined || route !== `peer:${session.peer.site}` || !isRoute(route))
        return replies.drainRefused;
      return replies.drainStarted(domain, parts.startDrain(route));
    },
  };
}

function takeHopNote(parts: GateParts, session: EdgeSession, value: string): SmtpReply | undefined {
  const key = session.peer?.publicKey;
  if (key === undefined)
    return replies.hopNoteBroken('the certificate of this session is not known');
  const note = decodeHopNote(value, key);
  if (!note.ok) return replies.hopNoteBroken(note.problem);
  session.notes.set('hop', note.value);
  return undefined;
}

function originOf(parts: GateParts, session: EdgeSession): Origin {
  return {
    site: parts.site,
    clientAddress: session.remoteAddress,
    helo: session.helo,
    protocol: session.protocol,
    ...(session.tls === undefined ? {} : { tls: session.tls }),
    receivedAtMs: parts.clock.now(),
  };
}

/** Bounded words for the metric's label. */
function reasonOf(reply: SmtpReply): string {
  const reasons: Readonly<Record<string, string>> = {
    '5.1.1': 'unknown',
    '5.2.1': 'suspended',
    '4.2.2': 'full',
    '4.4.1': 'no-list',
    '5.7.1': 'relay',
    '5.3.4': 'too-large',
    '5.4.6': 'loop',
  };
  return reasons[reply.enhanced] ?? 'other';
}
