// There is nowhere to take the mail of a domain: said by DNS, not by a mail server. Carries the outcome for its recipients.
import type { DeliveryOutcome } from '@restante/mail-model';

export class NoRoute extends Error {
  override readonly name = 'NoRoute';
  readonly outcome: DeliveryOutcome;

  constructor(outcome: DeliveryOutcome, options?: ErrorOptions) {
    super(outcome.reply.text, options);
    this.outcome = outcome;
  }
}
