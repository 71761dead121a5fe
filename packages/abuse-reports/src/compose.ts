// A message of ours with parts (RFC 2046 §5.1, RFC 6522). Every value becomes one field, every part what it says it is.
import { createHash } from 'node:crypto';
import { fieldLine } from '@restante/mime';

export interface PartToWrite {
  /** Whole lines, as fieldLine() makes them. */
  readonly header: string;
  readonly body: string;
}

export interface MessageToWrite {
  readonly header: readonly (readonly [name: string, value: string])[];
  /** "report; report-type=feedback-report" */
  readonly multipart: string;
  readonly parts: readonly PartToWrite[];
}

/** Bodies are ASCII with CRLF; the caller encodes what is not. */
export function composeMessage({ header, multipart, parts }: MessageToWrite): Buffer {
  const boundary = boundaryFor(parts);
  const lines = [
    ...header.map(([name, value]) => fieldLine(name, value)),
    'MIME-Version: 1.0\r\n',
    `Content-Type: multipart/${multipart};\r\n boundary="${boundary}"\r\n\r\n`,
    ...parts.map((part) => `--${boundary}\r\n${part.header}\r\n${ended(part.body)}\r\n`),
    `--${boundary}--\r\n`,
  ];
  return Buffer.from(lines.join(''));
}

/** RFC 2046 §5.1.1: occurs in none of the parts. The same parts give the same one, so a report made twice is the same message. */
function boundaryFor(parts: readonly PartToWrite[]): string {
  const hash = createHash('sha256');
  for (const { header, body } of parts) hash.update(header).update('\0').update(body).update('\0');
  return `=_${hash.digest('hex').slice(0, 40)}`;
}

function ended(body: string): string {
  return body.endsWith('\r\n') || body === '' ? body : `${body}\r\n`;
}

/** RFC 2045 §6.8: lines of 76 characters. */
export function base64Lines(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll(/.{76}/g, '$&\r\n');
}

/** RFC 2045 §6.7, for bytes in Latin-1 with lines ended by CRLF. */
export function quotedPrintable(latin1: string): string {
  return latin1
    .split('\r\n')
    .map((line) => softLines(line.replaceAll(/[^\t\x20-\x3c\x3e-\x7e]|[\t ]$/g, hexOf)))
    .join('\r\n');
}

function hexOf(char: string): string {
  return `=${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

function softLines(line: string): string {
  return line.match(/(?:=[0-9A-F]{2}|[^=]){1,24}/g)?.join('=\r\n') ?? '';
}
