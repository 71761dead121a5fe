// The mail transaction in hand (RFC 5321 §3.3): from MAIL to the end of data, RSET, EHLO or the end of the session.
import type { Envelope, EnvelopeRecipient, SmtpReply } from '@restante/mail-model';
import type { MailCommand } from './edge-host.ts';
import type { MessageIntake } from './message-intake.ts';

export class Transaction {
  readonly mail: MailCommand;
  readonly recipients: EnvelopeRecipient[] = [];
  /** True once a RCPT was refused; tells "nobody was taken" from "nobody was named". */
  hasRefusedRecipients = false;
  /** The message under way; with BDAT it spans several commands. */
  intake: MessageIntake | undefined;
  /** BDAT was refused; the chunks that follow are read and get the same answer (RFC 3030 §2). */
  chunkRefusal: SmtpReply | undefined;
  readonly #addresses = new Set<string>();

  constructor(mail: MailCommand) {
    this.mail = mail;
  }

  has(address: string): boolean {
    return this.#addresses.has(address);
  }

  add(recipient: EnvelopeRecipient): void {
    this.#addresses.add(recipient.address);
    this.recipients.push(recipient);
  }

  get envelope(): Envelope {
    const { sender, body, smtpUtf8, dsnReturn, envelopeId, requireTls } = this.mail;
    return {
      sender,
      recipients: this.recipients,
      body,
      smtpUtf8,
      ...(dsnReturn === undefined ? {} : { dsnReturn }),
      ...(envelopeId === undefined ? {} : { envelopeId }),
      ...(requireTls === undefined ? {} : { requireTls }),
    };
  }
}
