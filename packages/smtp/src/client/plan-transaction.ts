// Turns an envelope, the traits of its body and what the server offers into the lines of one transaction, or into the
// reason why this server cannot be given this message. Pure: no byte has been sent when it says no.
//
// A parameter is sent only when its keyword was offered (RFC 5321 §4.1.1.11).
import { encodeXtext, needsSmtpUtf8, smtpReply } from '@restante/mail-model';
import type { Envelope, EnvelopeRecipient, SmtpReply } from '@restante/mail-model';
import type { BodyTraits } from './body-traits.ts';
import { sizeLimitOf } from './capabilities.ts';
import type { Capabilities, Transaction } from './smtp-connection.ts';
import { xforwardLines } from './xforward.ts';

export interface TransactionPlan {
  readonly kind: 'send';
  readonly xforward: readonly string[];
  readonly mail: string;
  readonly rcpts: readonly string[];
  readonly usesBdat: boolean;
}

export interface Refusal {
  readonly kind: 'refuse';
  readonly reply: SmtpReply;
}

export interface PlanInput {
  readonly transaction: Transaction;
  /** Each once. */
  readonly recipients: readonly EnvelopeRecipient[];
  readonly traits: BodyTraits;
  readonly sizeBytes: number;
  /** Of the header section; only asked when it matters. */
  readonly headerIsAscii: boolean;
  readonly capabilities: Capabilities;
  readonly protocol: 'smtp' | 'lmtp';
  readonly isTlsVerified: boolean;
}

export function planTransaction(input: PlanInput): TransactionPlan | Refusal {
  const { capabilities, transaction, protocol } = input;
  const { envelope } = transaction;
  const isBinary = envelope.body === 'binarymime';
  const isUtf8 = needsUtf8(input);
  const reply = refusalOf(input, { isBinary, isUtf8 });
  if (reply !== undefined) return { kind: 'refuse', reply };

  const hasDsn = capabilities.has('DSN');
  return {
    kind: 'send',
    xforward: xforwardLines(transaction.xforward, capabilities),
    mail: `MAIL FROM:<${envelope.sender}>${mailParameters(input, { isBinary, isUtf8 })}\r\n`,
    rcpts: input.recipients.map((recipient) => rcptLine(recipient, hasDsn)),
    // In LMTP the number of replies after BDAT depends on who was accepted before; DATA says it with its 354.
    usesBdat: protocol === 'smtp' && capabilities.has('CHUNKING'),
  };
}

function refusalOf(
  { capabilities, transaction, traits, recipients, sizeBytes, protocol, isTlsVerified }: PlanInput,
  { isBinary, isUtf8 }: { readonly isBinary: boolean; readonly isUtf8: boolean },
): SmtpReply | undefined {
  const { envelope } = transaction;
  if (!isSafePath(envelope.sender)) {
    return smtpReply(553, '5.1.7', 'The sender address cannot be written in SMTP.');
  }
  if (!recipients.every(({ address }) => address !== '' && isSafePath(address))) {
    return smtpReply(553, '5.1.3', 'A recipient address cannot be written in SMTP.');
  }
  // RFC 3030 §3: BINARYMIME needs CHUNKING; without them we would have to convert, and that breaks signatures.
  if (
    isBinary &&
    !(protocol === 'smtp' && capabilities.has('BINARYMIME') && capabilities.has('CHUNKING'))
  ) {
    return smtpReply(
      554,
      '5.6.3',
      'The message is binary and the next server does not take binary mail.',
    );
  }
  if (!isBinary && traits.hasBareNewline) {
    return smtpReply(
      554,
      '5.6.0',
      'The message has a bare CR or LF and cannot be relayed as it is.',
    );
  }
  // RFC 6531 §3.2: no downgrade on the way.
  if (isUtf8 && !capabilities.has('SMTPUTF8')) {
    return smtpReply(
      553,
      '5.6.7',
      'The message needs SMTPUTF8 and the next server does not offer it.',
    );
  }
  // RFC 6152 §3: 8-bit content only to those who offered to take it.
  if (!isBinary && !traits.isAscii && !capabilities.has('8BITMIME')) {
    return smtpReply(
      554,
      '5.6.3',
      'The message has 8-bit text and the next server takes only 7-bit.',
    );
  }
  // RFC 8689 §4.2.1: certificate verified and REQUIRETLS offered, or it stays here.
  if (envelope.requireTls === true && !(isTlsVerified && capabilities.has('REQUIRETLS'))) {
    return smtpReply(
      550,
      '5.7.30',
      'The sender asked for TLS all the way and the next server does not promise it.',
    );
  }
  // RFC 1870 §6.1: do not start what cannot succeed.
  if (sizeBytes > (sizeLimitOf(capabilities) ?? Infinity)) {
    return smtpReply(
      552,
      '5.3.4',
      `The message is larger than the next server takes (${capabilities.get('SIZE')} octets).`,
    );
  }
  return undefined;
}

/** RFC 6531 §3.4: needed for addresses, and for a header that has more than ASCII. */
function needsUtf8({
  transaction: { envelope },
  recipients,
  traits,
  headerIsAscii,
}: PlanInput): boolean {
  if (envelope.smtpUtf8 && !traits.isAscii && !headerIsAscii) return true;
  return needsSmtpUtf8(envelope.sender) || recipients.some(({ address }) => needsSmtpUtf8(address));
}

function mailParameters(
  { capabilities, transaction, traits, sizeBytes }: PlanInput,
  { isBinary, isUtf8 }: { readonly isBinary: boolean; readonly isUtf8: boolean },
): string {
  const { envelope } = transaction;
  let text = '';
  if (capabilities.has('SIZE')) text += ` SIZE=${sizeBytes}`; // RFC 1870 §6
  if (isBinary) text += ' BODY=BINARYMIME'; // RFC 3030 §3
  else if (!traits.isAscii) text += ' BODY=8BITMIME'; // RFC 6152 §3
  if (isUtf8 || (envelope.smtpUtf8 && capabilities.has('SMTPUTF8'))) text += ' SMTPUTF8'; // RFC 6531 §3.4
  if (envelope.requireTls === true) text += ' REQUIRETLS'; // RFC 8689 §2
  if (capabilities.has('DSN')) text += dsnMailParameters(envelope);
  for (const [keyword, value] of transaction.mailParameters ?? []) {
    if (capabilities.has(keyword.toUpperCase()) && isSafeValue(value))
      text += ` ${keyword}=${value}`;
  }
  return text;
}

/** RFC 3461 §4.3 and §4.4. */
function dsnMailParameters({ dsnReturn, envelopeId }: Envelope): string {
  const ret = dsnReturn === undefined ? '' : ` RET=${dsnReturn === 'full' ? 'FULL' : 'HDRS'}`;
  return envelopeId === undefined ? ret : `${ret} ENVID=${encodeXtext(envelopeId)}`;
}

/** RFC 3461 §4.1 and §4.2. */
function rcptLine(
  { address, notify, originalRecipient }: EnvelopeRecipient,
  hasDsn: boolean,
): string {
  if (!hasDsn || (notify === undefined && originalRecipient === undefined))
    return `RCPT TO:<${address}>\r\n`;
  let text = `RCPT TO:<${address}>`;
  if (notify !== undefined && notify.length > 0)
    text += ` NOTIFY=${notify.join(',').toUpperCase()}`;
  const semicolon = originalRecipient?.indexOf(';') ?? -1;
  if (originalRecipient !== undefined && semicolon > 0) {
    const type = originalRecipient.slice(0, semicolon);
    if (/^[A-Za-z0-9-]+$/.test(type))
      text += ` ORCPT=${type};${encodeXtext(originalRecipient.slice(semicolon + 1))}`;
  }
  return `${text}\r\n`;
}

/** Nobody writes a second command through an address. */
function isSafePath(address: string): boolean {
  return address.startsWith('"')
    ? !/[\x00-\x1f\x7f]/.test(address)
    : !/[\x00-\x20\x7f<>]/.test(address);
}

/** esmtp-value (RFC 5321 §4.1.2). */
function isSafeValue(value: string): boolean {
  return /^[!-<>-~]+$/.test(value);
}
