// May this literal be sent? Decided from what came before it, so that nobody uploads what will be refused.
import type { Announcement } from '../wire/command-intake.ts';
import type { Literal } from '../wire/received-command.ts';
import { bad, no, type Refusal } from '../wire/refusal.ts';
import { admitMessage } from './admit-message.ts';
import type { Session } from './session.ts';

export interface LiteralAsked {
  /** The command so far, without this announcement. */
  readonly text: string;
  readonly literals: readonly Literal[];
  /** Bytes of the command so far, messages to append not counted. */
  readonly heldBytes: number;
  readonly announced: Announcement;
  readonly textMax: number;
}

// RFC 7888 §5: LITERAL- allows no more without waiting for "+".
const literalMinusBytesMax = 4096;
const stringLiteralMax = 512 * 1024;

/** 'message' is one to append; 'text' counts as part of the command. */
export async function admitLiteral(
  session: Session,
  asked: LiteralAsked,
): Promise<'text' | 'message' | Refusal> {
  const { text, heldBytes, announced, textMax } = asked;
  const { sizeBytes, isSynchronizing } = announced;
  if (session.state === 'not-authenticated') {
    if (!isSynchronizing && sizeBytes > literalMinusBytesMax) {
      return bad('A literal of that size has to wait for "+".', 'TOOBIG');
    }
  } else if (isMessage(text)) {
    const refusal = await admitMessage(session, asked);
    return refusal ?? 'message';
  }
  if (sizeBytes > stringLiteralMax || heldBytes + sizeBytes > textMax) {
    return no('TOOBIG', 'The literal is too large.');
  }
  return 'text';
}

/** Behind "tag APPEND mailbox"; the mailbox may be a literal itself. */
function isMessage(text: string): boolean {
  return /^[^ ]+ append [^ ]/i.test(text);
}
