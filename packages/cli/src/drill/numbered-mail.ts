// Mail that can be counted: every message carries the drill's name and its own number, and a body that follows from both,
// so that whoever finds it can say which one it is and whether a byte of it changed.
import { createHash } from 'node:crypto';

export interface NumberedMail {
  readonly run: string;
  readonly number: number;
  readonly sender: string;
  readonly recipient: string;
  readonly nowMs: number;
}

export interface FoundNumber {
  readonly number: number;
  readonly isUnchanged: boolean;
}

const field = 'X-Restante-Drill';
const endOfHeader = '\r\n\r\n';

export function numberedMail({ run, number, sender, recipient, nowMs }: NumberedMail): Buffer {
  const header = [
    `Date: ${new Date(nowMs).toUTCString().replace('GMT', '+0000')}`,
    `From: <${sender}>`,
    `To: <${recipient}>`,
    `Subject: drill ${run}, number ${number}`,
    `Message-ID: <drill.${run}.${number}@elsewhere.example>`,
    `${field}: ${run} ${number}`,
  ];
  return Buffer.from(`${header.join('\r\n')}${endOfHeader}${bodyOf(run, number)}`, 'latin1');
}

/** Undefined when it is not a message of this drill. */
export function readNumber(bytes: Buffer, run: string): FoundNumber | undefined {
  const text = bytes.toString('latin1');
  const end = text.indexOf(endOfHeader);
  const header = end < 0 ? text : text.slice(0, end);
  const [, name, digits] = /^X-Restante-Drill: (\S+) (\d+)\r?$/m.exec(header) ?? [];
  if (name !== run || digits === undefined) return undefined;
  const number = Number(digits);
  const body = end < 0 ? '' : text.slice(end + endOfHeader.length);
  return { number, isUnchanged: body === bodyOf(run, number) };
}

/** About 1 to 8 KiB; some lines begin with dots, which SMTP doubles on its way (RFC 5321 §4.5.2). */
function bodyOf(run: string, number: number): string {
  const lineCount = 12 + (number % 8) * 14;
  const lines = Array.from({ length: lineCount }, (_, index) => {
    const noise = createHash('sha256').update(`${run} ${number} ${index}`).digest('hex');
    return `${'.'.repeat(index % 3)}${noise}\r\n`;
  });
  return lines.join('');
}
