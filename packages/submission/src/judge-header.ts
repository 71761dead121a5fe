// May this account send this message, by its header? Pure; threat 28 and 29.
//
// Strict where readers of mail differ from each other: a header that can be read in two ways is refused, so that what we judged is
// what the recipient's program shows. Every address in From and Sender, and everything there that looks like one, has to be the
// account's own.
import { needsSmtpUtf8, parseAddress, type SmtpReply } from '@restante/mail-model';
import { headerFields, parseAddresses, rawValue, type HeaderField } from '@restante/mime';
import { replies } from './replies.ts';
import { withoutQuotes } from './without-quotes.ts';

export interface HeaderRules {
  readonly account: string;
  readonly mayUse: (address: string) => boolean;
}

export type HeaderVerdict =
  | {
      readonly kind: 'fine';
      /** Its domain signs; undefined without a From. */ readonly author?: string;
    }
  | { readonly kind: 'refused'; readonly reply: SmtpReply };

/** RFC 5322 §3.6: at most once each. */
const onceOnly = [
  'From',
  'Sender',
  'Reply-To',
  'To',
  'Cc',
  'Subject',
  'Date',
  'Message-ID',
  'In-Reply-To',
  'References',
  'MIME-Version',
  'Content-Type',
  'Content-Transfer-Encoding',
];
const fieldName = /^[!-9;-~]+$/;

/** `header` without its empty line. */
export function judgeHeader(header: Buffer, rules: HeaderRules): HeaderVerdict {
  const fields = headerFields(header);
  const shape = judgeShape(header, fields);
  if (shape !== undefined) return { kind: 'refused', reply: shape };

  const authors: string[] = [];
  for (const name of ['From', 'Sender'] as const) {
    const field = fields.find((each) => isNamed(each, name));
    if (field === undefined) continue;
    const addresses = addressesIn(rawValue(header, field));
    if (addresses === undefined) return { kind: 'refused', reply: replies.noAuthor };
    const foreign = addresses.find((address) => !rules.mayUse(address));
    if (foreign !== undefined) {
      const shown = needsSmtpUtf8(foreign) ? 'another one' : foreign;
      return { kind: 'refused', reply: replies.authorNotYours(rules.account, shown) };
    }
    if (name === 'From') authors.push(...addresses);
  }
  const [author] = authors;
  return author === undefined ? { kind: 'fine' } : { kind: 'fine', author };
}

export function isNamed(field: HeaderField, name: string): boolean {
  return field.name.toLowerCase() === name.toLowerCase();
}

/** A line that is no field ends the header for some readers and not for others. */
function judgeShape(header: Buffer, fields: readonly HeaderField[]): SmtpReply | undefined {
  const seen = new Map<string, number>();
  for (const field of fields) {
    // Blanks before the colon (RFC 5322 §4.5.8) are read as a field by some, as none by others.
    const isField =
      fieldName.test(field.name) && field.valueStart === field.start + field.name.length + 1;
    if (!isField) return replies.notAField(lineOf(header, field.start));
    const name = field.name.toLowerCase();
    seen.set(name, (seen.get(name) ?? 0) + 1);
  }
  const double = onceOnly.find((name) => (seen.get(name.toLowerCase()) ?? 0) > 1);
  return double === undefined ? undefined : replies.twice(double);
}

function lineOf(header: Buffer, position: number): number {
  let line = 1;
  for (
    let at = header.indexOf(0x0a);
    at !== -1 && at < position;
    at = header.indexOf(0x0a, at + 1)
  ) {
    line += 1;
  }
  return line;
}

/** All that may be taken for an author; undefined when nothing can be read, or not everything. */
function addressesIn(value: string): readonly string[] | undefined {
  const text = Buffer.from(value, 'latin1').toString('utf8');
  const found = new Set<string>();
  for (const { mailbox, domain } of parseAddresses(text)) {
    // The borders of a group, and words that are no address.
    if (mailbox === undefined || domain === undefined || domain === '') return undefined;
    found.add(`${mailbox}@${domain}`);
  }
  for (const word of withoutQuotes(text).split(/[\s<>,;:"]+/))
    if (word.includes('@')) found.add(word);
  const addresses: string[] = [];
  for (const word of found) {
    const parsed = parseAddress(word);
    if (!parsed.ok) return undefined;
    addresses.push(`${parsed.value.local}@${parsed.value.domain}`);
  }
  return addresses.length === 0 ? undefined : [...new Set(addresses)];
}
