// One attempt to one next hop becomes one outcome per recipient. Never waits for a later time; never throws for what the
// network or the other side does.
import type { RecipientOutcome, Route } from '@restante/mail-model';
import type { MessageToDeliver, SpoolBodyLike } from './message-to-deliver.ts';

export type { MessageToDeliver, SpoolBodyLike };

/** Whether the sender's wish for reports travelled on; if not, we are the last who can tell him (RFC 3461 §5.2.2). */
export interface AttemptedRecipient extends RecipientOutcome {
  /** Only for delivered ones: the next hop offered DSN and was told. */
  readonly isDsnPassedOn?: boolean;
  /** Only for deferred ones: the network did not carry us there. Nobody said anything about the message or about us. */
  readonly isUnreachable?: boolean;
}

export interface Deliverer extends AsyncDisposable {
  /** Tries the recipients of `message.recipients` once. Every one of them is in the answer, exactly once. */
  attempt(message: MessageToDeliver, signal: AbortSignal): Promise<readonly AttemptedRecipient[]>;
}

/** The relay asks this for every due message. */
export interface DelivererOf {
  (route: Route): Deliverer | undefined;
}
