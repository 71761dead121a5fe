// Writes a delivery status notification: text for people, fields for machines, and the message it is about
// (RFC 3464, RFC 6522 §3). Pure: same request, same bytes, so that a crash cannot make a second, different report.
//
// Promises
// - The envelope has the null sender and NOTIFY=NEVER: a report is never reported (RFC 3461 §5.2.4 and §6.1).
// - Nothing a stranger wrote can become a header field, a MIME boundary or a line that is too long.
// - Lines end in CRLF; all is 7-bit, unless a whole 8-bit message is returned.
import { isAscii } from 'node:buffer';
import { needsSmtpUtf8 } from '@restante/mail-model';
import { traitsOf } from '@restante/smtp';
import type { Dsn, DsnRequest } from './dsn-request.ts';
import { explain, subjects } from './explain.ts';
import { fieldValues } from './header-fields.ts';
import { encodeQuotedPrintable } from './quoted-printable.ts';
import { rfc5322Date } from './rfc5322-date.ts';
import { statusPart } from './status-part.ts';

const headerMaxBytes = 65_536;

export function buildDsn(request: DsnRequest): Dsn {
  const { kind, to, messageId } = request;
  const boundary = `=_${messageId.replaceAll(/[^A-Za-z0-9-]/g, '-')}`;
  const returned = returnedPart(request, boundary);
  const bytes = Buffer.concat([
    Buffer.from(
      [
        ...reportHeader(request, boundary),
        '',
        'This is a report from a mail server, in a form that mail programs understand.',
        '',
        `--${boundary}`,
        'Content-Type: text/plain; charset=utf-8',
        'Content-Transfer-Encoding: quoted-printable',
        '',
        `${encodeQuotedPrintable(Buffer.from(explain(request)))}`,
        `--${boundary}`,
        'Content-Description: Delivery report',
        'Content-Type: message/delivery-status',
        '',
        statusPart(request),
        `--${boundary}`,
        `Content-Description: ${kind === 'failed' ? 'Undelivered' : 'Original'} message`,
        '',
      ].join('\r\n'),
    ),
    returned,
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ]);
  return {
    envelope: {
      sender: '',
      recipients: [{ address: to, notify: ['never'] }],
      body: isAscii(returned) ? '7bit' : '8bitmime',
      smtpUtf8: needsSmtpUtf8(to),
    },
    bytes,
  };
}

function reportHeader(request: DsnRequest, boundary: string): readonly string[] {
  const { kind, messageId, reportingMta, to, nowMs } = request;
  return [
    `From: Mail Delivery System <MAILER-DAEMON@${reportingMta}>`,
    `To: <${to.replaceAll(/[\x00-\x1f\x7f]/g, '?')}>`,
    `Subject: ${subjects[kind]}`,
    `Date: ${rfc5322Date(nowMs)}`,
    `Message-ID: <${messageId}@${reportingMta}>`,
    ...threadOf(request),
    // RFC 3834 §5.1: so that nobody's machine answers this.
    'Auto-Submitted: auto-replied',
    'MIME-Version: 1.0',
    `Content-Type: multipart/report; report-type=delivery-status;\r\n\tboundary="${boundary}"`,
  ];
}

/** RFC 3834 §3.1.5: shown beside the message it is about; only when its id is harmless. */
function threadOf({ originalHeader }: DsnRequest): readonly string[] {
  const [id] = fieldValues(originalHeader.toString('latin1'), 'Message-ID');
  if (id === undefined || !/^<[\x21-\x3b\x3d\x3f-\x7e]{1,240}>$/.test(id)) return [];
  return [`In-Reply-To: ${id}`, `References: ${id}`];
}

/** Content header, empty line and content of the third part. */
function returnedPart(request: DsnRequest, boundary: string): Buffer {
  const { originalMessage, originalHeader } = request;
  if (originalMessage !== undefined && isReturnable(originalMessage, boundary)) {
    const encoding = isAscii(originalMessage) ? '7bit' : '8bit';
    // RFC 2046 §5.2.1: message/rfc822 is never encoded.
    const head = `Content-Type: message/rfc822\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n`;
    return Buffer.concat([Buffer.from(head), originalMessage]);
  }
  // RFC 6522 §4. Encoded, so that no line of a stranger's header is too long, 8-bit or looks like our boundary.
  const head =
    'Content-Type: text/rfc822-headers\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n';
  return Buffer.from(head + encodeQuotedPrintable(trimmedHeader(originalHeader)));
}

function isReturnable(message: Buffer, boundary: string): boolean {
  // A message from before a crash may have been reported under the same id; its boundary must not stand inside itself.
  return !traitsOf(message).hasBareNewline && !message.includes(`--${boundary}`);
}

function trimmedHeader(header: Buffer): Buffer {
  const end = header.indexOf('\r\n\r\n');
  const whole = end < 0 ? header : header.subarray(0, end + 2);
  if (whole.length <= headerMaxBytes) return whole;
  return whole.subarray(0, whole.lastIndexOf('\r\n', headerMaxBytes - 2) + 2);
}
