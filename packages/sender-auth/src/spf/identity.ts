// Whom SPF asks about (RFC 7208 §2.3, §2.4, §4.3). Pure.
import { domainToASCII } from 'node:url';
import type { SpfQuestion } from './check-host.ts';

export interface Identity {
  readonly identity: 'mailfrom' | 'helo';
  /** "postmaster" when there was none (§4.3). */
  readonly localPart: string;
  /** A-labels, in the case it was said in; empty when it is no domain that can have a policy. */
  readonly domain: string;
  /** The domain as it was said, but not longer than one can be. */
  readonly said: string;
}

// More than any address may have (RFC 5321 §4.5.3.1.1, §4.5.3.1.2: 64 and 255 octets and an @), and little enough to be
// put into every macro of a record.
const senderMax = 320;
const saidMax = 255;

export function identityOf({ sender, helo }: Pick<SpfQuestion, 'sender' | 'helo'>): Identity {
  // §2.4: for the null reverse-path the sender is postmaster at the HELO name.
  if (sender === '')
    return {
      identity: 'helo',
      localPart: 'postmaster',
      domain: checkable(helo),
      said: helo.slice(0, saidMax),
    };
  const at = sender.lastIndexOf('@');
  const said = sender.slice(at + 1);
  const localPart = at <= 0 ? 'postmaster' : sender.slice(0, at);
  const domain = sender.length > senderMax ? '' : checkable(said);
  return { identity: 'mailfrom', localPart, domain, said: said.slice(0, saidMax) };
}

/**
 * §4.3: a name of at least two labels. An address, with or without brackets, is no name (§2.3); its last label would be
 * all digits.
 */
function checkable(said: string): string {
  if (said.length > senderMax) return '';
  const bare = said.endsWith('.') ? said.slice(0, -1) : said;
  const ascii = /^[\x00-\x7f]*$/.test(bare) ? bare : domainToASCII(bare);
  const labels = ascii.split('.');
  const isName =
    labels.length >= 2 &&
    ascii.length <= 253 &&
    labels.every((label) => /^[a-z0-9_-]{1,63}$/i.test(label)) &&
    !/^\d+$/.test(labels.at(-1) ?? '');
  return isName ? ascii : '';
}
