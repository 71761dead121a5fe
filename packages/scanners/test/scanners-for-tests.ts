// Scanners with the settings of a test, what they reported, and messages to show them.
import { systemClock } from '@restante/runtime';
import { createScanners, type ScannersSettings } from '../src/create-scanners.ts';
import { scannersSection } from '../src/config.ts';
import type { MessageToScan, ScannerEvent, Scanners, TaughtMessage } from '../src/scanners.ts';

// The patterns of all filters' tests, put together here so that no filter on the way takes this file for one.
export const gtube = [
  'XJS*C4JDBQADN1.NSBN3*2IDNEN',
  '*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X',
].join('');
export const eicar = [
  'X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR',
  '-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*',
].join('');

export interface ScannersForTests extends AsyncDisposable {
  readonly scanners: Scanners;
  readonly events: readonly ScannerEvent[];
}

export function scannersFor(settings: Partial<ScannersSettings>): ScannersForTests {
  const events: ScannerEvent[] = [];
  const scanners = createScanners({
    settings: { ...defaults(), ...settings },
    clock: systemClock,
    onEvent: (event) => events.push(event),
  });
  return { scanners, events, [Symbol.asyncDispose]: () => scanners[Symbol.asyncDispose]() };
}

/** As the example file has them. */
function defaults(): ScannersSettings {
  const read = Object.entries(scannersSection.fields).flatMap(([name, field]) =>
    field.fallback === undefined ? [] : [[name, field.fallback({ baseDir: '/' })] as const],
  );
  return Object.fromEntries(read) as unknown as ScannersSettings;
}

export const usualHeader = [
  'Received: from client.example (client.example [192.0.2.9])',
  '\tby mx.example.test with ESMTP id m01; Sun, 22 Nov 2026 10:00:00 +0000',
  'From: Ben <ben@example.org>',
  'To: ana@example.test',
  'Date: Sun, 22 Nov 2026 10:00:00 +0000',
  'Message-ID: <1@example.org>',
  'Subject: lunch',
  '',
].join('\r\n');

export function messageOf(
  body: string | Buffer,
  { header = usualHeader, pieceBytes = 65_536 } = {},
): MessageToScan {
  const bytes = Buffer.from(body);
  return {
    header: Buffer.from(header),
    *body() {
      for (let at = 0; at < bytes.length; at += pieceBytes)
        yield bytes.subarray(at, at + pieceBytes);
    },
    bodyBytes: bytes.length,
    messageId: 'm01',
    client: { address: '192.0.2.9', name: 'client.example', helo: 'client.example' },
    sender: 'ben@example.org',
    recipients: ['ana@example.test'],
  };
}

export function taughtOf(text: string): TaughtMessage {
  const bytes = Buffer.from(text);
  return { bytes: () => [bytes], sizeBytes: bytes.length, account: 'ana@example.test' };
}
