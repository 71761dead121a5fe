// Where an aggregate report may go: the addresses of rua=, and of those outside the organization only who says he wants it (RFC 9990 §4).
//
// Promise: nobody gets reports because somebody else wrote his address into a record. What DNS could not tell is "unknown": ask later.
import { DnsError } from '@restante/dns';
import type { Resolver } from '@restante/dns';
import { needsSmtpUtf8, parseAddress } from '@restante/mail-model';

export interface DestinationsQuestion {
  /** Where the record stands. */
  readonly domain: string;
  /** rua= of it, as written. */
  readonly reportTo: readonly string[];
  readonly resolver: Pick<Resolver, 'resolve'>;
  /** Do both belong to one organization (RFC 9989 §4.10.2)? Undefined: DNS could not tell. */
  isSameOrganization(one: string, other: string): Promise<boolean | undefined>;
}

export interface Destinations {
  readonly addresses: readonly string[];
  readonly refused: readonly { readonly uri: string; readonly problem: string }[];
  /** DNS could not tell about some; ask again later, or go without them. */
  readonly unknown: readonly string[];
}

/** More than anybody needs; a report is a message to each. */
const destinationsMax = 10;

export async function reportDestinations(question: DestinationsQuestion): Promise<Destinations> {
  const addresses = new Set<string>();
  const refused: { uri: string; problem: string }[] = [];
  const unknown: string[] = [];
  for (const uri of question.reportTo.slice(0, destinationsMax)) {
    const address = mailtoAddress(uri);
    const answer: Allowed =
      address === undefined
        ? { kind: 'refused', problem: 'It is no mailto: address.' }
        : await allowed(question, address);
    if (answer.kind === 'allowed') for (const each of answer.addresses) addresses.add(each);
    else if (answer.kind === 'unknown') unknown.push(uri);
    else refused.push({ uri, problem: answer.problem });
  }
  return { addresses: [...addresses].slice(0, destinationsMax), refused, unknown };
}

type Allowed =
  | { readonly kind: 'allowed'; readonly addresses: readonly string[] }
  | { readonly kind: 'refused'; readonly problem: string }
  | { readonly kind: 'unknown' };

interface MailtoAddress {
  readonly address: string;
  readonly host: string;
}

async function allowed(
  { domain, resolver, isSameOrganization }: DestinationsQuestion,
  { address, host }: MailtoAddress,
): Promise<Allowed> {
  const isSame = host === domain ? true : await isSameOrganization(domain, host);
  if (isSame === undefined) return { kind: 'unknown' };
  if (isSame) return { kind: 'allowed', addresses: [address] };

  let texts: readonly (readonly string[])[];
  try {
    texts = await resolver.resolve(`${domain}._report._dmarc.${host}`, 'TXT');
  } catch (cause) {
    if (!(cause instanceof DnsError)) throw cause;
    return cause.isTransient ? { kind: 'unknown' } : notWanted(host);
  }
  const records = texts.map((strings) => strings.join('').slice(0, 4096)).filter(isDmarcRecord);
  if (records.length === 0) return notWanted(host);
  const instead = records.flatMap(ruaOf);
  if (instead.length === 0) return { kind: 'allowed', addresses: [address] };
  // §4 step 9: another address, but not another host: that would hand the report on.
  const others = instead.map(mailtoAddress).filter((other) => other !== undefined);
  return others.length === instead.length && others.every((other) => other.host === host)
    ? { kind: 'allowed', addresses: others.map((other) => other.address) }
    : { kind: 'refused', problem: `${host} sends the reports on to somebody else.` };
}

function notWanted(host: string): Allowed {
  return { kind: 'refused', problem: `${host} does not say that it wants these reports.` };
}

/** RFC 9989 §4.6; "!10m" behind it is RFC 7489's limit of size, which is not looked at any more. */
function mailtoAddress(uri: string): MailtoAddress | undefined {
  const encoded = /^mailto:([^?!]+)(?:!\d*[kmgt]?)?(?:\?.*)?$/i.exec(uri.trim())?.[1];
  if (encoded === undefined) return undefined;
  const parsed = parseAddress(percentDecoded(encoded));
  if (!parsed.ok || parsed.value.domain.startsWith('[')) return undefined;
  const { local, domain } = parsed.value;
  if (needsSmtpUtf8(local)) return undefined;
  return { address: `${local}@${domain}`, host: domain };
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Not a text in percent signs: then it is no address either, and the next line of the caller says so.
    return '';
  }
}

function isDmarcRecord(text: string): boolean {
  return /^[ \t]*v[ \t]*=[ \t]*DMARC1[ \t]*(?:;|$)/i.test(text) && text.includes('DMARC1');
}

function ruaOf(record: string): readonly string[] {
  const tag = record.split(';', 64).find((part) => /^\s*rua\s*=/i.test(part));
  const list = tag?.slice(tag.indexOf('=') + 1).split(',') ?? [];
  return list
    .map((uri) => uri.trim())
    .filter((uri) => uri !== '')
    .slice(0, destinationsMax);
}
