// May this message be appended, as far as can be told before its bytes come: size, mailbox, quota.
import { Reader } from '../wire/reader.ts';
import { no, Refusal } from '../wire/refusal.ts';
import type { LiteralAsked } from './admit-literal.ts';
import { accountClosed, isStillIn } from './is-still-in.ts';
import type { Session } from './session.ts';

export async function admitMessage(
  session: Session,
  { text, literals, announced }: LiteralAsked,
): Promise<Refusal | undefined> {
  const { limits } = session.server;
  // RFC 7889 §4: TOOBIG for what is beyond the limit.
  if (announced.sizeBytes > limits.appendMaxBytes) {
    return no('TOOBIG', `A message has at most ${limits.appendMaxBytes} bytes here.`);
  }
  // The command itself says so once it is here.
  if (!(await isStillIn(session))) return no('UNAVAILABLE', accountClosed);
  const { mailbox } = session;
  if (mailbox === undefined) return undefined;
  const { usedBytes, limitBytes, usedMessages, limitMessages } = mailbox.quota();
  const coming = literals.reduce((sum, { sizeBytes }) => sum + sizeBytes, announced.sizeBytes);
  if (
    usedBytes + coming > (limitBytes ?? Infinity) ||
    usedMessages >= (limitMessages ?? Infinity)
  ) {
    return no('OVERQUOTA', 'The mailbox is full.');
  }
  const name = mailboxNamed(session, { text, literals });
  if (name === undefined || (await mailbox.status(name)) !== undefined) return undefined;
  return no('TRYCREATE', 'There is no such mailbox.');
}

/** Undefined when it cannot be read: the parser says so when everything is here. */
function mailboxNamed(
  session: Session,
  { text, literals }: Pick<LiteralAsked, 'text' | 'literals'>,
): string | undefined {
  const reader = new Reader({ text, literals }, session);
  try {
    reader.match(/[^ ]+ append /iy);
    return reader.mailbox();
  } catch (cause) {
    if (cause instanceof Refusal) return undefined;
    throw cause;
  }
}
