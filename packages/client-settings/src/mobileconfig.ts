// Apple's profile for mail accounts: iOS and macOS install it with a tap, and ask for the password.
//
// Not signed (the device says so). The same address gets the same identifiers, so that a new profile replaces the old one instead of
// adding a second account.
import { createHash } from 'node:crypto';
import { servicesOf } from './served-domain.ts';
import type { ServedDomain } from './served-domain.ts';
import { element, xmlDocument } from './xml.ts';
import type { Markup } from './xml.ts';

type PlistValue = string | number | boolean | readonly PlistDictionary[];
interface PlistDictionary {
  readonly [key: string]: PlistValue;
}

const doctype =
  '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">\n';

/** Undefined when the domain offers nothing to read mail with, or nothing to send with. */
export function mobileconfig(
  domain: ServedDomain,
  address: string,
  displayName: string,
): string | undefined {
  const incoming = servicesOf(domain, 'imap')[0] ?? servicesOf(domain, 'pop3')[0];
  const outgoing = servicesOf(domain, 'smtp')[0];
  if (incoming === undefined || outgoing === undefined) return undefined;
  const identifier = domain.name.split('.').toReversed().join('.');
  const account: PlistDictionary = {
    PayloadType: 'com.apple.mail.managed',
    PayloadVersion: 1,
    PayloadIdentifier: `${identifier}.mail.${shortHash(address)}`,
    PayloadUUID: stableUuid(`account ${address}`),
    PayloadDisplayName: `${displayName} (${address})`,
    EmailAccountDescription: displayName,
    EmailAccountType: incoming.kind === 'imap' ? 'EmailTypeIMAP' : 'EmailTypePOP',
    EmailAddress: address,
    IncomingMailServerAuthentication: 'EmailAuthPassword',
    IncomingMailServerHostName: incoming.host,
    IncomingMailServerPortNumber: incoming.port,
    // True for both: the device does STARTTLS where the port is not one of TLS from the first byte.
    IncomingMailServerUseSSL: true,
    IncomingMailServerUsername: address,
    OutgoingMailServerAuthentication: 'EmailAuthPassword',
    OutgoingMailServerHostName: outgoing.host,
    OutgoingMailServerPortNumber: outgoing.port,
    OutgoingMailServerUseSSL: true,
    OutgoingMailServerUsername: address,
    OutgoingPasswordSameAsIncomingPassword: true,
    PreventAppSheet: false,
    PreventMove: false,
    SMIMEEnabled: false,
  };
  const profile: PlistDictionary = {
    PayloadContent: [account],
    PayloadDisplayName: displayName,
    PayloadDescription: `Mail for ${address}`,
    PayloadIdentifier: `${identifier}.settings.${shortHash(address)}`,
    PayloadOrganization: displayName,
    PayloadRemovalDisallowed: false,
    PayloadType: 'Configuration',
    PayloadUUID: stableUuid(`profile ${address}`),
    PayloadVersion: 1,
  };
  return xmlDocument(element('plist', [dictionary(profile)], { version: '1.0' }), { doctype });
}

function dictionary(entries: PlistDictionary): Markup {
  return element(
    'dict',
    Object.entries(entries).flatMap(([key, value]) => [element('key', key), plist(value)]),
  );
}

function plist(value: PlistValue): Markup {
  if (typeof value === 'string') return element('string', value);
  if (typeof value === 'number') return element('integer', String(value));
  if (typeof value === 'boolean') return element(value ? 'true' : 'false');
  return element('array', value.map(dictionary));
}

/** RFC 9562 §5.8: a UUID of our own making, the same for the same words. */
function stableUuid(words: string): string {
  const hash = createHash('sha256').update(`restante client settings\n${words}`).digest();
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x80;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  return hash
    .toString('hex', 0, 16)
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
    .toUpperCase();
}

function shortHash(words: string): string {
  return createHash('sha256').update(words).digest('hex').slice(0, 12);
}
