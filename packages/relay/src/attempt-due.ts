// One due message on one route: read it, try its recipients, write down what became of them, say when to try again.
//
// Crash-safe by order: outcomes are durable before a report is made, the report is durable before the message is released.
// Whatever throws in here is our own fault: the retry queue tries again, nothing bounces (law 7).
import { isFinal, isHomeRoute, type RecipientOutcome, type Route } from '@restante/mail-model';
import type { Due, NextStep } from '@restante/retry-queue';
import { nextStep } from '@restante/retry-queue';
import type { AttemptedRecipient, MessageToDeliver } from '@restante/delivery';
import type { SpoolBody, SpooledMessage } from '@restante/spool';
import { isQuarantined, quarantineWhenAllRefused } from './quarantine.ts';
import type { RelayParts } from './relay-parts.ts';
import { reportEnds } from './report-ends.ts';

export async function attemptDue(parts: RelayParts, due: Due, signal: AbortSignal): Promise<NextStep> {
  const found = await parts.spool.readWithBody(due.id);
  if (found === undefined) return { kind: 'done' };
  const { message, body } = found;
  // A held message is off the timetable; release puts it back.
  if (message.held !== undefined) return { kind: 'done' };

  const recipients = recipientsOn(parts, message, due.route);
  if (recipients.length === 0) return finishIfNobodyIsLeft(parts, message);

  const outcomes = await tryRecipients(parts, { message, body, recipients, route: due.route }, signal);
  return writeDown(parts, { message, route: due.route, outcomes });
}

/** The pending recipients whose next hop is this route and whom nobody keeps back. */
function recipientsOn(parts: RelayParts, message: SpooledMessage, route: Route): readonly string[] {
  const here = message.pending.filter((recipient) => parts.router.routeOf(recipient) === route && !parts.holds.isRecipientHeld(recipient));
  const open = here.filter((recipient) => !isQuarantined(message, recipient));
  // When only refused recipients are left and nobody holds the message, an operator has released it: try them again.
  return open.length > 0 ? open : here;
}

interface Trial {
  readonly message: SpooledMessage;
  readonly body: SpoolBody;
  readonly recipients: readonly string[];
  readonly route: Route;
}

async function tryRecipients(parts: RelayParts, trial: Trial, signal: AbortSignal): Promise<readonly AttemptedRecipient[]> {
  const deliverer = parts.delivererOf(trial.route);
  if (deliverer === undefined) throw new Error(`No deliverer stands behind the route ${trial.route}.`);
  return deliverer.attempt(toDeliver(parts, trial), signal);
}

function toDeliver(parts: RelayParts, { message, body, recipients }: Trial): MessageToDeliver {
  return {
    id: message.id,
    messageId: message.messageId,
    envelope: message.envelope,
    recipients,
    origin: message.origin,
    verdict: message.verdict,
    fingerprint: message.fingerprint,
    replyUnconfirmed: message.replyUnconfirmed === true || parts.spool.isReplyUnconfirmed(message.id),
    path: message.path,
    sizeBytes: message.sizeBytes,
    sha256: message.sha256,
    acceptedAtMs: message.acceptedAtMs,
    body: async () => body,
  };
}

interface Attempted {
  readonly message: SpooledMessage;
  readonly route: Route;
  readonly outcomes: readonly AttemptedRecipient[];
}

async function writeDown(parts: RelayParts, { message, route, outcomes: tried }: Attempted): Promise<NextStep> {
  const now = parts.clock.now();
  const ageMs = now - message.acceptedAtMs - parts.awayMs(route, message.acceptedAtMs, now);
  const attempts = 1 + Math.max(0, ...tried.map(({ recipient }) => message.outcomes.get(recipient)?.attempts ?? 0));
  const step = nextStep(parts.schedule, { attemptsMade: attempts, ageMs });

  const outcomes = tried.map((one) => settleOne(route, one, step.kind === 'give-up'));
  announce(parts, { message, route, outcomes, ageMs, delayMs: step.kind === 'retry' ? step.delayMs : 0 });

  const isLast = message.pending.every((recipient) => outcomes.some((one) => one.recipient === recipient && isFinal(one.outcome)));
  // The hot path: everybody served, nobody to tell. One record, one sync.
  if (isLast && outcomes.every((one) => one.outcome.kind === 'delivered' && !wantsReport(message, one.recipient))) {
    await parts.spool.finish(message.id, outcomes);
    return { kind: 'done' };
  }

  await parts.spool.settle(message.id, outcomes);
  const after = await parts.spool.read(message.id);
  if (after === undefined) return { kind: 'done' };
  // RFC 3461 §5.2.2: a next hop that does not know DSN will tell nobody, so we say that it was relayed.
  const relayed = new Set(tried.filter((one) => one.isDsnPassedOn === false).map(({ recipient }) => recipient));
  await reportEnds(parts, after, relayed);
  if (after.pending.length === 0) return finishIfNobodyIsLeft(parts, after);
  if (await quarantineWhenAllRefused(parts, after)) return { kind: 'done' };
  const waits = outcomes.some((one) => !isFinal(one.outcome)) && step.kind === 'retry';
  return waits ? { kind: 'retry', delayMs: step.delayMs } : { kind: 'done' };
}

/** Turns an attempt's outcome into the one that is kept. */
function settleOne(route: Route, one: RecipientOutcome, isTooOld: boolean): RecipientOutcome {
  const { outcome } = one;
  // A home that refuses what its backup took for it makes no bounce to a stranger: a person looks at it (design §4.3).
  // Kept as deferred with its 5xx reply; quarantine.ts knows it by that.
  if (outcome.kind === 'rejected' && isHomeRoute(route)) {
    return { recipient: one.recipient, outcome: { kind: 'deferred', reply: outcome.reply, cause: 'next-hop-asked-to-wait' } };
  }
  if (outcome.kind === 'deferred' && isTooOld) {
    return { recipient: one.recipient, outcome: { kind: 'rejected', reply: outcome.reply } };
  }
  return one;
}

function wantsReport(message: SpooledMessage, recipient: string): boolean {
  const asked = message.envelope.recipients.find((candidate) => candidate.address === recipient)?.notify;
  return asked?.includes('success') === true;
}

interface Announcement extends Attempted {
  readonly ageMs: number;
  readonly delayMs: number;
}

function announce(parts: RelayParts, { message, route, outcomes, ageMs, delayMs }: Announcement): void {
  for (const { recipient, outcome } of outcomes) {
    const common = { id: message.id, route, recipient, reply: `${outcome.reply.code} ${outcome.reply.enhanced} ${outcome.reply.text}` };
    if (outcome.kind === 'delivered') {
      parts.onEvent({ name: 'message.delivered', ...common, by: outcome.by, ageMs });
    } else if (outcome.kind === 'rejected') {
      const isExpired = outcome.reply.code < 500;
      if (isExpired) parts.onEvent({ name: 'message.expired', ...common });
      else parts.onEvent({ name: 'message.rejected', ...common, by: outcome.by ?? '' });
    } else if (outcome.reply.code >= 500) {
      parts.onEvent({ name: 'hop.refused', id: message.id, peer: route, recipient, reply: common.reply });
    } else {
      parts.onEvent({ name: 'message.deferred', ...common, cause: outcome.cause, nextDelayMs: delayMs });
    }
  }
}

/** All outcomes are final: tell whom we must, then forget it. Also the way out for what a crash left half finished. */
export async function finishIfNobodyIsLeft(parts: RelayParts, message: SpooledMessage): Promise<NextStep> {
  if (message.pending.length > 0) return { kind: 'done' };
  await reportEnds(parts, message);
  await parts.spool.release(message.id);
  return { kind: 'done' };
}
