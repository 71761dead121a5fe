// Everything in the product worth counting or logging, as one union: the catalogue of its behaviour.
//
// Capabilities call an EventSink; nodes connect it to the logger, the metrics and the timeline. An event that carries
// `id` belongs to that message's timeline. The name becomes the metric: "message.accepted" -> restante_messages_accepted_total.
import type { JudgingEvent } from './judging-events.ts';
import type { PeopleEvent } from './people-events.ts';
import type { DeferralCause } from './delivery-outcome.ts';
import type { Route } from './route.ts';

export type RestanteEvent =
  // The edge.
  | { readonly name: 'session.opened'; readonly listener: string; readonly clientAddress: string }
  | {
      readonly name: 'session.closed';
      readonly listener: string;
      readonly clientAddress: string;
      readonly durationMs: number;
    }
  | {
      readonly name: 'session.refused';
      readonly listener: string;
      readonly clientAddress: string;
      readonly reason: string;
    }
  | {
      readonly name: 'recipient.refused';
      readonly reason: string;
      readonly code: number;
      readonly clientAddress: string;
      readonly recipient: string;
    }
  | {
      readonly name: 'message.accepted';
      readonly id: string;
      readonly messageId: string;
      readonly from: 'stranger' | 'peer' | 'account' | 'local';
      readonly sender: string;
      readonly recipients: readonly string[];
      readonly sizeBytes: number;
      readonly clientAddress: string;
      readonly durationMs: number;
    }
  | {
      readonly name: 'message.duplicate';
      readonly messageId: string;
      readonly why: 'same-id' | 'lost-reply';
    }
  | {
      readonly name: 'message.refused';
      readonly code: number;
      readonly reason: string;
      readonly clientAddress: string;
    }
  // Our own people, and the papers of the site.
  | PeopleEvent
  | { readonly name: 'message.not-accepted'; readonly reason: string; readonly cause: unknown }
  // The spool.
  | {
      readonly name: 'spool.committed';
      readonly messages: number;
      readonly sizeBytes: number;
      readonly durationMs: number;
    }
  | { readonly name: 'spool.sync-failed'; readonly cause: unknown }
  | {
      readonly name: 'spool.torn-tail';
      readonly segment: string;
      readonly atByte: number;
      readonly cutBytes: number;
    }
  | {
      readonly name: 'spool.corrupt';
      readonly id?: string;
      readonly segment: string;
      readonly atByte: number;
      readonly problem: string;
    }
  | { readonly name: 'spool.reclaimed'; readonly segment: string; readonly movedMessages: number }
  | { readonly name: 'spool.low-space'; readonly freeBytes: number }
  // The timetable.
  | {
      readonly name: 'schedule.failed';
      readonly route: Route;
      readonly messages: number;
      readonly cause: unknown;
    }
  | {
      readonly name: 'schedule.repaired';
      readonly added: number;
      readonly removed: number;
      readonly durationMs: number;
    }
  | { readonly name: 'reconcile.failed'; readonly cause: unknown }
  | { readonly name: 'timetable.lost'; readonly cause: unknown }
  | { readonly name: 'timetable.back' }
  | {
      readonly name: 'job.failed';
      readonly id: string;
      readonly route: Route;
      readonly cause: unknown;
    }
  // Attempts and their ends.
  | {
      readonly name: 'attempt.started';
      readonly id: string;
      readonly route: Route;
      readonly recipients: number;
      readonly attempt: number;
    }
  | {
      readonly name: 'message.delivered';
      readonly id: string;
      readonly route: Route;
      readonly recipient: string;
      readonly by: string;
      readonly reply: string;
      readonly ageMs: number;
    }
  | {
      readonly name: 'message.deferred';
      readonly id: string;
      readonly route: Route;
      readonly recipient: string;
      readonly cause: DeferralCause;
      readonly reply: string;
      readonly nextDelayMs: number;
    }
  | {
      readonly name: 'message.rejected';
      readonly id: string;
      readonly route: Route;
      readonly recipient: string;
      readonly by: string;
      readonly reply: string;
    }
  | {
      readonly name: 'message.expired';
      readonly id: string;
      readonly route: Route;
      readonly recipient: string;
      readonly reply: string;
    }
  | {
      readonly name: 'message.bounced';
      readonly id: string;
      readonly dsnId: string;
      readonly kind: 'failed' | 'delayed' | 'delivered';
    }
  | { readonly name: 'message.bounce-withheld'; readonly id: string; readonly why: string }
  | { readonly name: 'message.unfinished'; readonly id: string; readonly cause: unknown }
  | {
      readonly name: 'message.quarantined';
      readonly id: string;
      readonly recipient: string;
      readonly reply: string;
    }
  | { readonly name: 'message.held'; readonly id: string; readonly reason: string }
  | { readonly name: 'message.released'; readonly id: string }
  | { readonly name: 'message.deleted'; readonly id: string; readonly by: string }
  | {
      readonly name: 'hop.refused';
      readonly id: string;
      readonly peer: string;
      readonly recipient: string;
      readonly reply: string;
    }
  // Peers.
  | {
      readonly name: 'peer.changed';
      readonly peer: string;
      readonly from: string;
      readonly to: string;
      readonly why: string;
    }
  | {
      readonly name: 'peer.probed';
      readonly peer: string;
      readonly ok: boolean;
      readonly stage: string;
      readonly durationMs: number;
      readonly problem?: string;
    }
  | { readonly name: 'route.held'; readonly route: Route; readonly by: 'health' | 'operator' }
  | { readonly name: 'route.released'; readonly route: Route; readonly by: 'health' | 'operator' }
  | { readonly name: 'domain.held'; readonly domain: string }
  | { readonly name: 'domain.released'; readonly domain: string }
  | { readonly name: 'drain.started'; readonly route: Route; readonly waiting: number }
  | {
      readonly name: 'drain.finished';
      readonly route: Route;
      readonly delivered: number;
      readonly durationMs: number;
    }
  | {
      readonly name: 'mirror.updated';
      readonly peer: string;
      readonly version: number;
      readonly recipients: number;
    }
  | { readonly name: 'mirror.failed'; readonly peer: string; readonly cause: unknown }
  // The world's mail servers.
  /** `result` in the words of RFC 8460 §4.3. */
  | {
      readonly name: 'tls.session';
      readonly domain: string;
      readonly host: string;
      readonly policy: 'operator' | 'dane' | 'mta-sts' | 'none';
      readonly result: string;
    }
  | { readonly name: 'tls.policy-failed'; readonly domain: string; readonly cause: unknown }
  | {
      readonly name: 'destination.changed';
      readonly host: string;
      readonly to: 'avoided' | 'reached';
      readonly why: string;
    }
  | {
      readonly name: 'exit.changed';
      readonly domain: string;
      readonly to: 'own' | 'peer';
      readonly peer: string;
      readonly why: string;
    }
  // Mailboxes.
  | {
      readonly name: 'mailbox.appended';
      readonly id: string;
      readonly recipient: string;
      readonly uid: number;
      readonly sizeBytes: number;
    }
  // Life.
  | {
      readonly name: 'site.started';
      readonly site: string;
      readonly durationMs: number;
      readonly held: number;
    }
  | { readonly name: 'site.stopping'; readonly site: string }
  | JudgingEvent;

/** Where capabilities report to. It never throws and never blocks. */
export type EventSink = (event: RestanteEvent) => void;
