// Our trace: the Received field this site puts on top of a message (RFC 5321 §4.4, RFC 3848).
//
// Promise: whatever the client said, the result is one well-formed field. What does not fit a domain or an atom there is
// left out or replaced, so nothing can be injected.
import type { Envelope } from '@restante/mail-model';
import { isIPv6 } from 'node:net';
import type { EdgeSession } from './edge-host.ts';

export interface ReceivedFacts {
  readonly session: Pick<EdgeSession, 'helo' | 'remoteAddress' | 'protocol' | 'tls'>;
  /** Of the client, from verified reverse DNS. */
  readonly clientName?: string;
  /** Ours. */
  readonly hostname: string;
  /** The message's id in the cluster. */
  readonly id: string;
  readonly envelope: Pick<Envelope, 'recipients'>;
  readonly atMs: number;
  /** For mail of our own people: where they are when they write is nobody's business. */
  readonly hidesClient?: boolean;
}

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Ends in CRLF; folded. */
export function formatReceived(facts: ReceivedFacts): string {
  const { session, clientName, hostname, id, envelope, atMs } = facts;
  // RFC 5321 §4.4 wants a "from" clause in every case: then it is ourselves.
  const from =
    facts.hidesClient === true
      ? `${plain(hostname)} (submitted with a login)`
      : fromClause(session, clientName);
  const tls = session.tls === undefined ? '' : ` (${session.tls.replaceAll(/[^\w .-]/g, '?')})`;
  return (
    `Received: from ${from}\r\n` +
    `\tby ${plain(hostname)} with ${plain(session.protocol)}${tls} id ${plain(id)}\r\n` +
    `\t${forClause(envelope)}; ${formatDate(atMs)}\r\n`
  );
}

function fromClause(session: ReceivedFacts['session'], clientName: string | undefined): string {
  const name = clientName === undefined ? '' : `${plain(clientName)} `;
  return `${plain(session.helo)} (${name}${addressLiteral(session.remoteAddress)})`;
}

let lastSecond = Number.NaN;
let lastDate = '';

/** RFC 5322 §3.3, always in UTC. Messages of the same second share the text. */
export function formatDate(atMs: number): string {
  const second = Math.floor(atMs / 1000);
  if (second !== lastSecond) {
    lastSecond = second;
    lastDate = dateOf(atMs);
  }
  return lastDate;
}

function dateOf(atMs: number): string {
  const date = new Date(atMs);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${days[date.getUTCDay()]}, ${date.getUTCDate()} ${months[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
  return `${day} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} +0000`;
}

/** RFC 5321 §7.6: only for a single recipient; several would tell them of each other. */
function forClause({ recipients }: Pick<Envelope, 'recipients'>): string {
  const [only] = recipients;
  if (only === undefined || recipients.length > 1) return '';
  return /[\u0000-\u0020\u007f-\u009f<>]/.test(only.address) ? '' : `for <${only.address}>`;
}

/** RFC 5321 §4.1.3. */
function addressLiteral(address: string): string {
  const safe = plain(address);
  return isIPv6(address) ? `[IPv6:${safe}]` : `[${safe}]`;
}

const plainWord = /^[A-Za-z0-9._:[\]-]{1,255}$/;

/** One word: domain, literal, atom. */
function plain(word: string): string {
  if (plainWord.test(word)) return word;
  const safe = word.replaceAll(/[^A-Za-z0-9._:[\]\-\u00a1-\u{10ffff}]/gu, '?').slice(0, 255);
  return safe === '' ? 'unknown' : safe;
}
