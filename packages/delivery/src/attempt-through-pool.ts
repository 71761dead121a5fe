// One attempt at one next hop: as few transactions as the rules allow, one outcome for each recipient.
import type {
  DeliveryOutcome,
  Envelope,
  EnvelopeRecipient,
  RecipientOutcome,
} from '@restante/mail-model';
import type {
  RecipientResult,
  SmtpConnection,
  TransactionBody,
  TransactionResult,
} from '@restante/smtp';
import {
  classifyFailure,
  classifyResult,
  isTooManyRecipients,
  stoppedOutcome,
} from './classify-reply.ts';
import type { AttemptedRecipient } from './deliverer.ts';
import { NoSession } from './internet/no-session.ts';
import { NoRoute } from './internet/no-route.ts';
import type { MessageToDeliver } from './message-to-deliver.ts';
import type { PoolAnswer, SmtpPool } from './smtp-pool.ts';

// RFC 5321 §4.5.3.1.8: every server takes at least 100 recipients in one transaction.
const recipientsPerTransactionMax = 100;

/** What only this kind of next hop gets besides envelope and body. */
export interface TransactionExtras {
  readonly mailParameters?: ReadonlyMap<string, string>;
  readonly xforward?: ReadonlyMap<string, string>;
}

/** What an attempt looked like from outside: the pace governor's food. */
export type OnResult = (durationMs: number, kinds: readonly DeliveryOutcome['kind'][]) => void;

export interface AttemptParts {
  readonly pool: SmtpPool;
  readonly message: MessageToDeliver;
  readonly recipients: readonly string[];
  readonly signal: AbortSignal;
  readonly extras?: TransactionExtras;
  readonly onResult?: OnResult | undefined;
  /** The next hop is a site of our own cluster. */
  readonly isPeer?: boolean;
  /** Opens a session with another server than the one at this address, which was lost in the middle of a message. */
  readonly elsewhere?: (lostAddress: string, reason: string) => Promise<SmtpConnection>;
  /** A transaction with the server at this address came to its end. */
  readonly onServed?: (address: string) => void;
}

/** Never throws; every recipient is in the answer once. */
export async function attemptThroughPool(
  parts: AttemptParts,
): Promise<readonly AttemptedRecipient[]> {
  const { message, recipients } = parts;
  let body: TransactionBody;
  try {
    body = await message.body();
  } catch (failure) {
    return sameFor(recipients, classifyFailure(failure));
  }
  if (recipients.length <= recipientsPerTransactionMax) {
    return transact(parts, { body, envelope: envelopeFor(message.envelope, recipients) });
  }
  const outcomes: AttemptedRecipient[] = [];
  for (let from = 0; from < recipients.length; from += recipientsPerTransactionMax) {
    const part = recipients.slice(from, from + recipientsPerTransactionMax);
    outcomes.push(
      ...(await transact(parts, { body, envelope: envelopeFor(message.envelope, part) })),
    );
  }
  return outcomes;
}

interface Turn {
  readonly envelope: Envelope;
  readonly body: TransactionBody;
}

async function transact(parts: AttemptParts, turn: Turn): Promise<readonly AttemptedRecipient[]> {
  const { envelope, body } = turn;
  const answer = await parts.pool.send({ envelope, body, ...parts.extras }, parts.signal);
  if (answer.kind !== 'tried') {
    const isUnreachable = answer.kind === 'no-connection' && isOutOfReach(answer.failure);
    return sameFor(
      envelope.recipients.map(({ address }) => address),
      outcomeOf(answer),
    ).map((one) => (isUnreachable ? { ...one, isUnreachable } : one));
  }
  const { result, connection } = answer;
  const { address } = connection.target;
  const lost = result.recipients.filter(wasLostOnTheWay);
  if (lost.length === 0) {
    parts.onServed?.(address);
    return afterResult(parts, turn, answer);
  }
  const others = await tryElsewhere(parts, { turn, lost, address });
  if (others === undefined) return afterResult(parts, turn, answer);
  const settled = result.recipients.filter((one) => !wasLostOnTheWay(one));
  const first = await afterResult(parts, turn, {
    connection,
    result: { ...result, recipients: settled },
  });
  return [...first, ...others];
}

interface Loss {
  readonly turn: Turn;
  readonly lost: readonly RecipientResult[];
  readonly address: string;
}

/** RFC 5321 §5.1: the other servers are there for this. Undefined: there is none, or none that answers. */
async function tryElsewhere(
  parts: AttemptParts,
  { turn, lost, address }: Loss,
): Promise<readonly AttemptedRecipient[] | undefined> {
  if (parts.elsewhere === undefined || parts.signal.aborted) return undefined;
  const connection = await parts
    .elsewhere(address, lost[0]?.reply.text ?? '')
    .catch(() => undefined);
  // The loss itself is the better explanation.
  if (connection === undefined) return undefined;
  const envelope = envelopeFor(
    turn.envelope,
    lost.map(({ recipient }) => recipient),
  );
  const result = await connection.send({ envelope, body: turn.body, ...parts.extras });
  // Not worth keeping: this happens once in a while. It says QUIT behind our back.
  void connection.close();
  if (!result.recipients.some(wasLostOnTheWay)) parts.onServed?.(connection.target.address);
  return afterResult(parts, { ...turn, envelope }, { connection, result });
}

interface Ended {
  readonly connection: SmtpConnection;
  readonly result: TransactionResult;
}

async function afterResult(
  parts: AttemptParts,
  { envelope, body }: Turn,
  { connection, result }: Ended,
): Promise<readonly AttemptedRecipient[]> {
  const hasDsn = connection.capabilities.has('DSN');
  const outcomes = result.recipients.map((one) =>
    attempted(one, { by: connection.target.host, hasDsn, isPeer: parts.isPeer === true }),
  );
  parts.onResult?.(
    result.durationMs,
    outcomes.map(({ outcome }) => outcome.kind),
  );

  // RFC 5321 §4.5.3.1.10: who did not fit in goes right behind; as long as somebody got in, this ends.
  const left = result.recipients.filter(isTooManyRecipients);
  if (left.length === 0 || left.length === result.recipients.length) return outcomes;
  const again = await transact(parts, {
    body,
    envelope: envelopeFor(
      envelope,
      left.map(({ recipient }) => recipient),
    ),
  });
  return [
    ...outcomes.filter(
      (_, index) => !isTooManyRecipients(result.recipients[index] as RecipientResult),
    ),
    ...again,
  ];
}

/**
 * The connection ended, or the server ended it (421), before it can have taken the message: the end of the data had not left. Once
 * it had, nobody knows, and only the same server may be asked again.
 */
function wasLostOnTheWay({ phase, by, reply }: RecipientResult): boolean {
  if (by === 'lost') return phase !== 'end-of-data';
  return by === 'answered' && reply.code === 421 && phase !== 'end-of-data' && phase !== 'body';
}

/** Nobody there said anything: it might be different from another place. */
function isOutOfReach(failure: unknown): boolean {
  if (failure instanceof NoSession) return failure.isUnreachable;
  return (
    failure instanceof NoRoute &&
    failure.outcome.kind === 'deferred' &&
    failure.outcome.cause === 'name-not-resolved'
  );
}

function attempted(
  result: RecipientResult,
  { hasDsn, ...hop }: { readonly by: string; readonly isPeer: boolean; readonly hasDsn: boolean },
): AttemptedRecipient {
  const outcome = classifyResult(result, hop);
  if (outcome.kind !== 'delivered') {
    const isUnreachable = result.by === 'lost' && result.phase !== 'end-of-data';
    return { recipient: result.recipient, outcome, ...(isUnreachable ? { isUnreachable } : {}) };
  }
  return { recipient: result.recipient, outcome, isDsnPassedOn: hasDsn };
}

function outcomeOf(answer: Exclude<PoolAnswer, { readonly kind: 'tried' }>): DeliveryOutcome {
  return answer.kind === 'stopped' ? stoppedOutcome : classifyFailure(answer.failure);
}

export function sameFor(
  recipients: readonly string[],
  outcome: DeliveryOutcome,
): readonly RecipientOutcome[] {
  return recipients.map((recipient) => ({ recipient, outcome }));
}

/** The envelope with only these recipients; most often that is the envelope itself. */
function envelopeFor(envelope: Envelope, recipients: readonly string[]): Envelope {
  const isWhole =
    envelope.recipients.length === recipients.length &&
    envelope.recipients.every(({ address }, index) => address === recipients[index]);
  if (isWhole) return envelope;
  const wanted = new Set(recipients);
  const named = envelope.recipients.filter(({ address }) => wanted.delete(address));
  const unnamed = [...wanted].map((address): EnvelopeRecipient => ({ address }));
  return { ...envelope, recipients: [...named, ...unnamed] };
}
