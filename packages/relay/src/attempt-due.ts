// One due message on one route: read it, try its recipients, write down what became of them, say when to try again.
//
// Crash-safe by order: outcomes are durable before a report is made, the report is durable before the message is released.
// Whatever throws in here is our own fault: the retry queue tries again, nothing bounces (law 7).
import { hash } from 'node:crypto';
import { isFinal, type Route } from '@restante/mail-model';
import type { Due, NextStep } from '@restante/retry-queue';
import type { AttemptedRecipient, MessageToDeliver } from '@restante/delivery';
import type { SpoolBody, SpooledMessage } from '@restante/spool';
import { announceEnd } from './announce-end.ts';
import { retryDelayMs } from './give-up.ts';
import {
  isKeptByPolicy,
  isQuarantined,
  quarantineByPolicy,
  quarantineWhenAllRefused,
} from './quarantine.ts';
import type { RelayParts } from './relay-parts.ts';
import { reportEnds } from './report-ends.ts';
import { settleOne } from './settle-one.ts';

export async function attemptDue(
  parts: RelayParts,
  due: Due,
  signal: AbortSignal,
): Promise<NextStep> {
  const found = await parts.spool.readWithBody(due.id);
  if (found === undefined) return { kind: 'done' };
  const { message, body } = found;
  // A held message is off the timetable; release puts it back.
  if (message.held !== undefined) return { kind: 'done' };

  if (isKeptByPolicy(parts, message)) {
    await quarantineByPolicy(parts, message);
    return { kind: 'done' };
  }
  const recipients = recipientsOn(parts, message, due.route);
  if (recipients.length === 0) return standBack(parts, message);

  const outcomes = await tryRecipients(
    parts,
    { message, body, recipients, route: due.route },
    signal,
  );
  return writeDown(parts, { message, route: due.route, outcomes });
}

/** The pending recipients whose next hop is this route and whom nobody keeps back. Notes a message that has none. */
function recipientsOn(parts: RelayParts, message: SpooledMessage, route: Route): readonly string[] {
  const here = message.pending.filter((recipient) => parts.router.routeOf(recipient) === route);
  const open = here.filter(
    (recipient) => !parts.holds.isRecipientHeld(recipient) && !isQuarantined(message, recipient),
  );
  // In the same moment, so that a hold that ends meanwhile is not overlooked.
  if (here.length > 0 && open.length === 0) parts.keptBack.note(message.id, route);
  return open;
}

/** Nothing to try here: it is finished, all that is left of it was refused, or it waits for others or an operator. */
async function standBack(parts: RelayParts, message: SpooledMessage): Promise<NextStep> {
  if (message.pending.length === 0) return finishIfNobodyIsLeft(parts, message);
  // A crash may have come between the refusal and the hold.
  await quarantineWhenAllRefused(parts, message);
  return { kind: 'done' };
}

interface Trial {
  readonly message: SpooledMessage;
  readonly body: SpoolBody;
  readonly recipients: readonly string[];
  readonly route: Route;
}

async function tryRecipients(
  parts: RelayParts,
  trial: Trial,
  signal: AbortSignal,
): Promise<readonly AttemptedRecipient[]> {
  const deliverer = parts.delivererOf(trial.route);
  if (deliverer === undefined)
    throw new Error(`No deliverer stands behind the route ${trial.route}.`);
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
    replyUnconfirmed:
      message.replyUnconfirmed === true || parts.spool.isReplyUnconfirmed(message.id),
    path: message.path,
    sizeBytes: message.sizeBytes,
    get sha256() {
      return message.sha256 ?? sha256Of(body);
    },
    acceptedAtMs: message.acceptedAtMs,
    body: async () => body,
  };
}

/** Only a hop signs it, so only a hop pays for it. */
function sha256Of(body: SpoolBody): string {
  if (body.kind === 'stream')
    throw new Error('A body in a file of its own has its hash beside it.');
  return hash('sha256', body.bytes, 'base64url');
}

interface Attempted {
  readonly message: SpooledMessage;
  readonly route: Route;
  readonly outcomes: readonly AttemptedRecipient[];
}

async function writeDown(
  parts: RelayParts,
  { message, route, outcomes: tried }: Attempted,
): Promise<NextStep> {
  const now = parts.clock.now();
  const ended = tried.map((one) => settleOne(parts, { message, route, one, now }));
  const outcomes = ended.map(({ recipient, outcome }) => ({ recipient, outcome }));
  const waiting = ended.filter(
    ({ outcome }) => outcome.kind === 'deferred' && outcome.reply.code < 500,
  );
  const delayMs =
    waiting.length === 0
      ? 0
      : retryDelayMs(parts.schedule, {
          attempts: Math.max(...waiting.map(({ attempts }) => attempts)),
          ageMs: Math.max(...waiting.map(({ ageMs }) => ageMs)),
        });
  for (const end of ended) announceEnd(parts, { message, route, end, delayMs });

  const isLast = message.pending.every((recipient) =>
    outcomes.some((one) => one.recipient === recipient && isFinal(one.outcome)),
  );
  // The hot path: everybody served, nobody to tell. One record, one sync.
  if (
    isLast &&
    outcomes.every(
      (one) => one.outcome.kind === 'delivered' && !wantsReport(message, one.recipient),
    )
  ) {
    await parts.spool.finish(message.id, outcomes);
    return { kind: 'done' };
  }

  await parts.spool.settle(message.id, outcomes);
  const after = await parts.spool.read(message.id);
  if (after === undefined) return { kind: 'done' };
  // RFC 3461 §5.2.2: a next hop that does not know DSN will tell nobody, so we say that it was relayed.
  const relayed = new Set(
    tried.filter((one) => one.isDsnPassedOn === false).map(({ recipient }) => recipient),
  );
  await reportEnds(parts, after, relayed);
  if (after.pending.length === 0) return finishIfNobodyIsLeft(parts, after);
  if (await quarantineWhenAllRefused(parts, after)) return { kind: 'done' };
  // Whom their home refused wait for a person, not for a time.
  return waiting.length > 0 ? { kind: 'retry', delayMs } : { kind: 'done' };
}

function wantsReport(message: SpooledMessage, recipient: string): boolean {
  const asked = message.envelope.recipients.find(
    (candidate) => candidate.address === recipient,
  )?.notify;
  return asked?.includes('success') === true;
}

/** All outcomes are final: tell whom we must, then forget it. Also the way out for what a crash left half finished. */
export async function finishIfNobodyIsLeft(
  parts: RelayParts,
  message: SpooledMessage,
): Promise<NextStep> {
  if (message.pending.length > 0) return { kind: 'done' };
  await reportEnds(parts, message);
  await parts.spool.release(message.id);
  return { kind: 'done' };
}
