// XFORWARD and XCLIENT, Postfix's way to tell a home behind us who the stranger was
// (postfix.org/XFORWARD_README, postfix.org/XCLIENT_README). Only attributes that the server named are sent.
import { encodeXtext } from '@restante/mail-model';
import type { Capabilities } from './smtp-connection.ts';

// Postfix takes command lines of at least 512 octets; longer sets are split over several commands.
const lineMaxBytes = 500;
const noLines: readonly string[] = [];

/** One or several XFORWARD lines; none when not offered or nothing to say. */
export function xforwardLines(
  attributes: ReadonlyMap<string, string> | undefined,
  capabilities: Capabilities,
): readonly string[] {
  const offered = capabilities.get('XFORWARD');
  if (offered === undefined || attributes === undefined) return noLines;
  return attributeLines('XFORWARD', attributes, offered);
}

/** The same for XCLIENT, which resets the session: greeting and EHLO follow. */
export function xclientLines(
  attributes: ReadonlyMap<string, string> | undefined,
  capabilities: Capabilities,
): readonly string[] {
  const offered = capabilities.get('XCLIENT');
  if (offered === undefined || attributes === undefined) return noLines;
  return attributeLines('XCLIENT', attributes, offered);
}

function attributeLines(
  verb: string,
  attributes: ReadonlyMap<string, string>,
  offered: string,
): string[] {
  const names = new Set(offered.toUpperCase().split(/\s+/));
  const lines: string[] = [];
  let line = verb;
  for (const [name, value] of attributes) {
    if (!names.has(name.toUpperCase())) continue;
    const attribute = ` ${name.toUpperCase()}=${value === '' ? '[UNAVAILABLE]' : encodeXtext(value)}`;
    if (line !== verb && line.length + attribute.length > lineMaxBytes) {
      lines.push(`${line}\r\n`);
      line = verb;
    }
    line += attribute;
  }
  if (line !== verb) lines.push(`${line}\r\n`);
  return lines;
}
