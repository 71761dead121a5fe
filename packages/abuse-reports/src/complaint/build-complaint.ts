// Writes a complaint about a message to those it came from (RFC 5965; RFC 6650 says how to behave).
//
// Promises
// - Only the header of the message goes along, and no recipient unless the caller names one: a complaint must not tell a spammer more
//   than he knows.
// - Nothing of the message can become a field of ours, a second part, or a line too long for SMTP.
import { fieldLine, formatDateTime } from '@restante/mime';
import { composeMessage, quotedPrintable } from '../compose.ts';

export interface ComplaintToWrite {
  /** RFC 5965 §7.3. */
  readonly feedbackType: 'abuse' | 'fraud' | 'virus' | 'not-spam' | 'other';
  /** Somebody of ours who reads the answers, and where the complaint goes. */
  readonly from: string;
  readonly to: string;
  /** Our name. */
  readonly hostname: string;
  /** Without angle brackets; the same for the same complaint. */
  readonly messageId: string;
  readonly atMs: number;
  readonly original: OriginalMail;
}

export interface OriginalMail {
  /** As it came, CRLF or not, with or without the empty line. */
  readonly header: Buffer;
  readonly sourceAddress: string;
  /** MAIL FROM; empty for the null sender. */
  readonly sender: string;
  readonly arrivedAtMs: number;
  /** Whom we hold responsible: verified by SPF or DKIM. */
  readonly domain: string;
  readonly recipient?: string;
  /** One line, as authenticationResultsValue() of sender-auth gives it. */
  readonly authenticationResults?: string;
}

/** Of a longer header the beginning goes along. */
const headerBytesMax = 65_536;

export function buildComplaint(complaint: ComplaintToWrite): Buffer {
  const { original } = complaint;
  return composeMessage({
    header: [
      ['From', `<${complaint.from}>`],
      ['To', `<${complaint.to}>`],
      ['Subject', `Complaint (${complaint.feedbackType}) about mail of ${original.domain}`],
      ['Date', formatDateTime(complaint.atMs)],
      ['Message-ID', `<${complaint.messageId}>`],
      // RFC 3834 §5: nobody's vacation notice should answer.
      ['Auto-Submitted', 'auto-generated'],
    ],
    multipart: 'report; report-type=feedback-report',
    parts: [
      { header: fieldLine('Content-Type', 'text/plain; charset=us-ascii'), body: words(complaint) },
      { header: 'Content-Type: message/feedback-report\r\n', body: feedback(complaint) },
      enclosed(original.header),
    ],
  });
}

function words({ hostname, original: { sourceAddress, domain, arrivedAtMs } }: ComplaintToWrite) {
  return [
    `A message that says it is from ${domain} came from ${sourceAddress}`,
    `on ${formatDateTime(arrivedAtMs)}.`,
    `Somebody at ${hostname} calls it unwanted. Its header is below.`,
    '',
  ]
    .map((line) => line.replaceAll(/[^\x20-\x7e]/g, '?'))
    .join('\r\n');
}

/** RFC 5965 §3. */
function feedback({ feedbackType, hostname, original }: ComplaintToWrite): string {
  const { sender, recipient, authenticationResults: results } = original;
  const fields: readonly (readonly [string, string | undefined])[] = [
    ['Feedback-Type', feedbackType],
    ['User-Agent', 'Restante/1'],
    ['Version', '1'],
    ['Original-Mail-From', `<${sender}>`],
    ['Original-Rcpt-To', recipient === undefined ? undefined : `<${recipient}>`],
    ['Arrival-Date', formatDateTime(original.arrivedAtMs)],
    ['Reporting-MTA', `dns; ${hostname}`],
    ['Source-IP', original.sourceAddress],
    ['Authentication-Results', results],
    ['Reported-Domain', original.domain],
  ];
  return fields
    .map(([name, value]) => (value === undefined ? '' : fieldLine(name, ascii(value))))
    .join('');
}

/** The second part is seven bit (RFC 5965 §3). */
function ascii(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '?');
}

/** RFC 6522 §4: in quoted-printable where seven bit and lines of 998 would not do. */
function enclosed(header: Buffer) {
  const text = header
    .toString('latin1', 0, headerBytesMax)
    .replaceAll(/\r\n|\r|\n/g, '\r\n')
    .replace(/(\r\n){2}[^]*$/, '\r\n');
  const isPlain = /^[\t\r\n\x20-\x7e]*$/.test(text) && text.split('\r\n').every(isShort);
  const type = 'Content-Type: text/rfc822-headers\r\n';
  return isPlain
    ? { header: type, body: text }
    : {
        header: `${type}Content-Transfer-Encoding: quoted-printable\r\n`,
        body: quotedPrintable(text),
      };
}

function isShort(line: string): boolean {
  return line.length <= 998;
}
