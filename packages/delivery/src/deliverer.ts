// One attempt to one next hop becomes one outcome per recipient. Never waits for a later time; never throws for what the
// network or the other side does.
import type { RecipientOutcome, Route } from '@restante/mail-model';
import type { SpoolBodyLike } from './message-to-deliver.ts';
import type { MessageToDeliver } from './message-to-deliver.ts';

export type { MessageToDeliver, SpoolBodyLike };

export interface Deliverer extends AsyncDisposable {
  /** Tries the recipients of `message.recipients` once. Every one of them is in the answer, exactly once. */
  attempt(message: MessageToDeliver, signal: AbortSignal): Promise<readonly RecipientOutcome[]>;
}

/** The relay asks this for every due message. */
export interface DelivererOf {
  (route: Route): Deliverer | undefined;
}
