// What the server said it can do (RFC 5321 §4.1.1.1): EHLO keyword in upper case -> its parameters.
import type { SmtpReply } from '@restante/mail-model';
import type { Capabilities } from './smtp-connection.ts';

/** After HELO: nothing may be assumed. */
export const noCapabilities: Capabilities = new Map();

/** The first line is the server's name; every further one a keyword. */
export function parseCapabilities(reply: SmtpReply): Capabilities {
  const found = new Map<string, string>();
  for (const line of reply.text.split('\n').slice(1)) {
    // Old servers write "AUTH=LOGIN" or "SIZE=1000" for a keyword with parameters.
    const [, keyword, parameters] =
      /^([A-Za-z0-9][A-Za-z0-9-]*)(?:[ =]+(.*))?$/.exec(line.trim()) ?? [];
    if (keyword !== undefined) found.set(keyword.toUpperCase(), parameters ?? '');
  }
  return found;
}

/** Largest message the server takes (RFC 1870 §4); undefined when it did not say. */
export function sizeLimitOf(capabilities: Capabilities): number | undefined {
  const limit = Number(capabilities.get('SIZE') ?? '');
  return Number.isSafeInteger(limit) && limit > 0 ? limit : undefined;
}
