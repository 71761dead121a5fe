// The part of a report that machines read: message/delivery-status (RFC 3464 §2). Pure; always ASCII.
import { needsSmtpUtf8 } from '@restante/mail-model';
import type { SmtpReply } from '@restante/mail-model';
import type { DsnKind, DsnRecipient, DsnRequest } from './dsn-request.ts';
import { rfc5322Date } from './rfc5322-date.ts';

const lineMax = 900;

export function statusPart(request: DsnRequest): string {
  const message = [
    // RFC 3464 §2.2.1: first of all, and only when the sender gave one.
    ...(request.envelopeId === undefined
      ? []
      : [field('Original-Envelope-Id', request.envelopeId)]),
    field('Reporting-MTA', `dns; ${request.reportingMta}`),
    field('Arrival-Date', rfc5322Date(request.arrivalMs)),
  ];
  const recipients = request.recipients.map((recipient) =>
    recipientFields(request.kind, recipient).join(''),
  );
  return [message.join(''), ...recipients].join('\r\n');
}

function recipientFields(kind: DsnKind, recipient: DsnRecipient): readonly string[] {
  const { address, originalRecipient, reply, remoteMta, lastAttemptMs, willRetryUntilMs } =
    recipient;
  return [
    ...(originalRecipient === undefined
      ? []
      : [field('Original-Recipient', typedAddress(originalRecipient))]),
    field('Final-Recipient', addressField(address)),
    field('Action', kind),
    field('Status', statusOf(kind, reply)),
    ...(isHostName(remoteMta) ? [field('Remote-MTA', `dns; ${remoteMta}`)] : []),
    field('Diagnostic-Code', `smtp; ${diagnosticOf(reply)}`),
    field('Last-Attempt-Date', rfc5322Date(lastAttemptMs)),
    ...(kind === 'delayed' && willRetryUntilMs !== undefined
      ? [field('Will-Retry-Until', rfc5322Date(willRetryUntilMs))]
      : []),
  ];
}

/** RFC 3464 §2.3.4: its class says the same as the action. */
export function statusOf(kind: DsnKind, reply: SmtpReply): string {
  // RFC 3463 §3.5: given up after a time of temporary answers.
  if (kind === 'failed' && reply.code < 500) return '5.4.7';
  return reply.enhanced === '' ? `${Math.trunc(reply.code / 100)}.0.0` : reply.enhanced;
}

function diagnosticOf({ code, enhanced, text }: SmtpReply): string {
  return `${code} ${enhanced === '' ? '' : `${enhanced} `}${text}`;
}

/** RFC 6533 §3: an address that is not ASCII is written in the utf-8 type, encoded. */
function addressField(address: string): string {
  return needsSmtpUtf8(address) ? `utf-8; ${escaped(address)}` : `rfc822; ${address}`;
}

/** "rfc822;ana@example.test" as ORCPT gave it. */
function typedAddress(original: string): string {
  const semicolon = original.indexOf(';');
  if (semicolon < 0) return addressField(original);
  return `${original.slice(0, semicolon)}; ${escaped(original.slice(semicolon + 1))}`;
}

/** utf-8-addr-xtext (RFC 6533 §3). */
function escaped(text: string): string {
  return text.replace(
    /[^\x21-\x7e]/gu,
    (character) => `\\x{${(character.codePointAt(0) ?? 0).toString(16).toUpperCase()}}`,
  );
}

function isHostName(text: string | undefined): text is string {
  return text !== undefined && /^(?=.*[.:])[A-Za-z0-9.:[\]-]+$/.test(text);
}

/** One field, one line: whatever a stranger's server or client said cannot become a field of its own. */
function field(name: string, value: string): string {
  const line = `${name}: ${value}`.replace(/[^\x20-\x7e]+/g, (bad) =>
    /^[\r\n\t]+$/.test(bad) ? ' ' : '?',
  );
  return `${folded(line.slice(0, lineMax))}\r\n`;
}

/** RFC 5322 §2.1.1: lines of 78, where there are blanks to break at. */
function folded(line: string): string {
  let rest = line;
  let text = '';
  while (rest.length > 78) {
    const at = rest.lastIndexOf(' ', 78);
    // Never a line of nothing but blanks, nor a break inside the field's name.
    if (at < 20) break;
    text += `${rest.slice(0, at)}\r\n`;
    rest = rest.slice(at);
  }
  return text + rest;
}
