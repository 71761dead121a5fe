// Addresses on the wire (RFC 5321 §4.1.2, RFC 6531 §3.3). Pure parsing; whether somebody lives there is not our question.
//
// Domains come out as lower-case A-labels. Local parts are kept as they were given; whether their case matters is the
// home's business and travels with its recipients list.
import { domainToASCII } from 'node:url';
import type { Parsed } from './parsed.ts';

export interface Address {
  readonly local: string;
  /** Lower-case A-labels, or an address literal in brackets. */
  readonly domain: string;
}

// RFC 5321 §4.5.3.1.1 and §4.5.3.1.2: 64 octets of local part, 255 of domain.
const localMaxBytes = 64;
const domainMaxBytes = 255;
const atom =
  /^[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~\u0080-\u{10ffff}]+(\.[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~\u0080-\u{10ffff}]+)*$/u;
const quoted = /^"(?:[\x20-\x21\x23-\x5b\x5d-\x7e\u0080-\u{10ffff}]|\\[\x20-\x7e])*"$/u;
const label = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** Parses "local@domain" without angle brackets. The problem is a sentence for a person. */
export function parseAddress(text: string): Parsed<Address> {
  const at = text.lastIndexOf('@');
  if (at <= 0 || at === text.length - 1) {
    return { ok: false, problem: 'An address looks like name@domain.' };
  }
  const local = text.slice(0, at);
  if (Buffer.byteLength(local) > localMaxBytes) {
    return { ok: false, problem: 'The part before the @ is longer than 64 octets.' };
  }
  if (!atom.test(local) && !quoted.test(local)) {
    return {
      ok: false,
      problem: 'The part before the @ has a character that is not allowed there.',
    };
  }
  const domain = parseDomain(text.slice(at + 1));
  return domain.ok ? { ok: true, value: { local, domain: domain.value } } : domain;
}

/** Parses a domain or an address literal; gives lower-case A-labels. */
export function parseDomain(text: string): Parsed<string> {
  if (/^\[[A-Za-z0-9:.]+\]$/.test(text)) return { ok: true, value: text.toLowerCase() };
  const ascii = /^[\x00-\x7f]*$/.test(text) ? text.toLowerCase() : domainToASCII(text);
  if (
    ascii === '' ||
    ascii.length > domainMaxBytes ||
    !ascii.split('.').every((part) => label.test(part))
  ) {
    return { ok: false, problem: 'The domain is not a valid host name.' };
  }
  return { ok: true, value: ascii };
}

/** The domain of an address that was parsed before; empty for the null sender. */
export function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1).toLowerCase();
}

/** The local part of an address that was parsed before. */
export function localPartOf(address: string): string {
  return address.slice(0, address.lastIndexOf('@'));
}

/** True when the address can only travel with SMTPUTF8 (RFC 6531 §3.4). */
export function needsSmtpUtf8(address: string): boolean {
  return /[^\x00-\x7f]/.test(address);
}
