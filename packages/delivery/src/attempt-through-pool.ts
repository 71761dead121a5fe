// One attempt at one next hop: as few transactions as the rules allow, one outcome for each recipient.
import type {
  DeliveryOutcome,
  Envelope,
  EnvelopeRecipient,
  RecipientOutcome,
} from '@restante/mail-model';
import type { RecipientResult, TransactionBody } from '@restante/smtp';
import {
  classifyFailure,
  classifyResult,
  isTooManyRecipients,
  stoppedOutcome,
} from './classify-reply.ts';
import type { AttemptedRecipient } from './deliverer.ts';
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

async function transact(
  parts: AttemptParts,
  { envelope, body }: Turn,
): Promise<readonly AttemptedRecipient[]> {
  const answer = await parts.pool.send({ envelope, body, ...parts.extras }, parts.signal);
  if (answer.kind !== 'tried') {
    return sameFor(
      envelope.recipients.map(({ address }) => address),
      outcomeOf(answer),
    );
  }
  const { connection, result } = answer;
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

function attempted(
  result: RecipientResult,
  { hasDsn, ...hop }: { readonly by: string; readonly isPeer: boolean; readonly hasDsn: boolean },
): AttemptedRecipient {
  const outcome = classifyResult(result, hop);
  if (outcome.kind !== 'delivered') return { recipient: result.recipient, outcome };
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
