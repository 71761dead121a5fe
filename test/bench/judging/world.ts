// The world of these benches: strangers on loopback whose names, SPF, keys and DMARC are in order, four lists that are well and know none
// of them, one stranger whom they all list, and an address that stranger.example does not send from. And the letters strangers bring.
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { Zone, ZoneNode } from '@restante/dns';
import { BodyHash, signHeader } from '@restante/dkim';
import { addressList, namedHost } from '../../kit/laboratory.ts';

export const stranger = 'load@stranger.example';
export const helo = 'mail.stranger.example';
/** On all lists. */
export const listedAddress = '127.0.0.200';
/** Outside of what the SPF record of stranger.example allows. */
export const forgersAddress = '127.0.0.201';
export const listZones = ['one', 'two', 'three', 'four'].map((name) => `${name}.lists.example`);
/** Of every list; two are enough to be refused. */
export const listPoints = 3;

/** Of the strangers: as many as there are sessions. 127.0.0.2 is the test entry of the lists (RFC 5782 §5). */
export function strangersAddress(index: number): string {
  return `127.0.0.${10 + (index % 100)}`;
}

export interface World {
  readonly zone: Zone;
  /** A whole message, signed so often; CRLF ended lines, the last one too. */
  letter(options: LetterOptions): Promise<Letter>;
}

export interface LetterOptions {
  readonly number: number;
  readonly to: string;
  readonly sizeBytes: number;
  readonly signatures: number;
}

export interface Letter {
  /** Without the empty line. */
  readonly header: string;
  readonly body: Buffer;
}

export function makeWorld(): World {
  const keys = ['s1', 's2'].map((selector) => ({
    selector,
    ...generateKeyPairSync('rsa', { modulusLength: 2048 }),
  }));
  const addresses = Array.from({ length: 100 }, (_, index) => strangersAddress(index));
  const zone: Zone = {
    // As domains with a provider write it.
    'stranger.example': { TXT: [['v=spf1 include:_spf.stranger.example -all']] },
    '_spf.stranger.example': { TXT: [['v=spf1 ip4:127.0.0.0/25 -all']] },
    '_dmarc.stranger.example': { TXT: [['v=DMARC1; p=reject']] },
    ...Object.fromEntries(
      keys.map(({ selector, publicKey }) => [
        `${selector}._domainkey.stranger.example`,
        keyRecord(publicKey),
      ]),
    ),
    ...Object.assign({}, ...addresses.map((address) => namedHost(helo, address))),
    [helo]: { A: addresses },
    ...Object.assign({}, ...listZones.map((list) => addressList(list, entries))),
  };
  return {
    zone,
    letter: async (options) => writeLetter(options, keys),
  };
}

const entries = { [listedAddress]: '127.0.0.4' };

function keyRecord(publicKey: KeyObject): ZoneNode {
  const key = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  const text = `v=DKIM1; k=rsa; p=${key}`;
  return { TXT: [text.match(/.{1,200}/g) ?? []] };
}

async function writeLetter(
  { number, to, sizeBytes, signatures }: LetterOptions,
  keys: readonly { readonly selector: string; readonly privateKey: KeyObject }[],
): Promise<Letter> {
  let header = [
    `From: Load <${stranger}>`,
    `To: <${to}>`,
    `Subject: letter ${number}`,
    `Message-ID: <${number}@stranger.example>`,
    `Date: ${new Date().toUTCString().replace('GMT', '+0000')}`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=us-ascii',
    '',
  ].join('\r\n');
  const line = 'Some words of a letter that says little, in lines of a usual length.\r\n';
  const body = Buffer.from(line.repeat(Math.ceil((sizeBytes - header.length) / line.length)));
  const hash = new BodyHash();
  hash.update(body);
  const bodyHash = hash.digest();
  const unsigned = header;
  for (const { selector, privateKey } of keys.slice(0, signatures)) {
    const key = {
      domain: 'stranger.example',
      selector,
      privateKey,
      createdAtMs: 0,
      signsFromMs: 0,
    };
    const message = { header: unsigned, bodyHash, atMs: Date.now() };
    header = `${await signHeader(message, [{ ...key, algorithm: 'rsa-sha256' }])}${header}`;
  }
  return { header, body };
}
