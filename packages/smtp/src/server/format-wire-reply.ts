// A reply as it goes over the wire (RFC 5321 §4.2.1), one or several lines, each with the enhanced code (RFC 2034 §4).
//
// Promise: whatever the text holds, the result is one reply. Control characters become "?", so nothing can be injected.
import type { SmtpReply } from '@restante/mail-model';

const unsafe = /[^\x20-\x7e]/;
// RFC 5321 §4.5.3.1.5: a reply line has at most 512 octets.
const lineMaxChars = 480;

export interface WireReplyOptions {
  /** RFC 6531 §3.7.4: UTF-8 in replies only to clients that asked for SMTPUTF8. */
  readonly mayUseUtf8: boolean;
}

export function formatWireReply(reply: SmtpReply, options: WireReplyOptions): string {
  const { code, enhanced, text } = reply;
  if (!unsafe.test(text) && text.length <= lineMaxChars) {
    return enhanced === '' ? `${code} ${text}\r\n` : `${code} ${enhanced} ${text}\r\n`;
  }
  const lines = text.split('\n').map((line) => printable(line, options));
  const prefix = enhanced === '' ? '' : `${enhanced} `;
  return lines
    .map((line, index) => `${code}${index < lines.length - 1 ? '-' : ' '}${prefix}${line}\r\n`)
    .join('');
}

function printable(line: string, { mayUseUtf8 }: WireReplyOptions): string {
  const safe = mayUseUtf8
    ? line.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, '?')
    : line.replaceAll(/[^\u0020-\u007e]/g, '?');
  return safe.slice(0, lineMaxChars);
}
