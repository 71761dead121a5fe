// The fields of a message/feedback-report part (RFC 5965 §3): looks like a header, and is read like one.
//
// Sloppy ones are read: blank lines before the first field, no Version, no User-Agent, "<>" around addresses or not. Only a
// Feedback-Type must be there, or nobody knows what is complained about.
import { isIP } from 'node:net';
import { headerFields, parseDateTime, rawValue } from '@restante/mime';
import { parseAddress, parseDomain } from '@restante/mail-model';
import type { Parsed } from '@restante/mail-model';
import { plainText } from '../plain-text.ts';
import type { Complaint } from '../reports.ts';

/** RFC 5965 §7.3, RFC 6591 §3, RFC 6430 §3. What is none of them is "other" (RFC 5965 §3.1 wants unknown ones read). */
const feedbackTypes: ReadonlySet<string> = new Set([
  'abuse',
  'fraud',
  'virus',
  'not-spam',
  'auth-failure',
  'other',
]);

const fieldsMax = 500;
const recipientsMax = 50;
const incidentsMax = 1_000_000;

type FeedbackFields = Omit<Complaint, 'kind' | 'originalMessageId'>;

export function readFeedbackFields(bytes: Buffer): Parsed<FeedbackFields> {
  const fields = fieldsIn(withoutBlankLines(bytes));
  const first = (name: string) => fields.get(name)?.[0];
  const type = first('feedback-type');
  if (type === undefined || type === '')
    return { ok: false, problem: 'The report has no Feedback-Type.' };

  const word = withoutComment(type).toLowerCase();
  const sourceAddress = addressOf(first('source-ip'));
  const originalSender = mailboxOf(first('original-mail-from'));
  const arrivedAt = momentOf(first('arrival-date') ?? first('received-date'));
  const reportedDomain = domainOf(first('reported-domain'));
  const userAgent = plainText(first('user-agent') ?? '', 200);
  return {
    ok: true,
    value: {
      feedbackType: feedbackTypes.has(word) ? word : 'other',
      ...(userAgent !== '' && { userAgent }),
      ...(sourceAddress !== undefined && { sourceAddress }),
      ...(originalSender !== undefined && { originalSender }),
      originalRecipients: (fields.get('original-rcpt-to') ?? [])
        .slice(0, recipientsMax)
        .map(mailboxOf)
        .filter((address) => address !== undefined),
      ...(arrivedAt !== undefined && { arrivedAt }),
      ...(reportedDomain !== undefined && { reportedDomain }),
      incidents: incidentsOf(first('incidents')),
    },
  };
}

function fieldsIn(bytes: Buffer): ReadonlyMap<string, readonly string[]> {
  const fields = new Map<string, string[]>();
  for (const field of headerFields(bytes).slice(0, fieldsMax)) {
    const name = field.name.toLowerCase();
    const values = fields.get(name);
    const value = Buffer.from(rawValue(bytes, field), 'latin1').toString();
    if (values === undefined) fields.set(name, [value]);
    else values.push(value);
  }
  return fields;
}

function withoutBlankLines(bytes: Buffer): Buffer {
  let at = 0;
  while (at < bytes.length && [0x0d, 0x0a, 0x20, 0x09].includes(bytes[at] ?? 0)) at += 1;
  return bytes.subarray(at);
}

function withoutComment(text: string): string {
  const comment = text.indexOf('(');
  return (comment < 0 ? text : text.slice(0, comment)).trim();
}

/** RFC 5965 §3.2: an address, sometimes in brackets. */
function addressOf(text: string | undefined): string | undefined {
  const bare = withoutComment(text ?? '')
    .replace(/^\[(?:IPv6:)?/i, '')
    .replace(/\]$/, '');
  return isIP(bare) === 0 ? undefined : bare.toLowerCase();
}

function mailboxOf(text: string | undefined): string | undefined {
  const bare = (text ?? '')
    .trim()
    .replace(/^(?:rfc822;)?\s*</i, '')
    .replace(/>$/, '');
  const parsed = bare.length > 400 ? undefined : parseAddress(bare);
  return parsed?.ok === true ? `${parsed.value.local}@${parsed.value.domain}` : undefined;
}

function domainOf(text: string | undefined): string | undefined {
  const parsed = parseDomain(withoutComment(text ?? '').slice(0, 300));
  return parsed.ok && !parsed.value.startsWith('[') ? parsed.value : undefined;
}

function momentOf(text: string | undefined): string | undefined {
  const parsed = text === undefined ? undefined : parseDateTime(text.slice(0, 200));
  return parsed === undefined ? undefined : new Date(parsed.atMs).toISOString();
}

function incidentsOf(text: string | undefined): number {
  const number = /^\d{1,9}/.exec(text ?? '')?.[0];
  return Math.min(Math.max(Number(number ?? 1), 1), incidentsMax);
}
