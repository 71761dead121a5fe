// PLAIN (RFC 4616): [authzid] NUL authcid NUL passwd, in one message.
import { readText } from './read-text.ts';
import type { SaslContext, SaslExchange, SaslStep } from './sasl-server.ts';

const nothing = Buffer.alloc(0);

export function plainExchange({ credentials }: SaslContext): SaslExchange {
  return {
    async next(response): Promise<SaslStep> {
      if (response === undefined) return { kind: 'challenge', bytes: nothing };
      const parts = readText(response)?.split('\0');
      // RFC 4616 §2: three parts, of which only the first may be empty.
      if (parts?.length !== 3) return { kind: 'malformed' };
      const [onBehalfOf = '', login = '', password = ''] = parts;
      if (login === '' || password === '') return { kind: 'malformed' };
      if (!isSamePerson(onBehalfOf, login)) return { kind: 'end', verdict: { kind: 'refused' } };
      return {
        kind: 'end',
        verdict: await credentials.verifyPassword(login, password, 'PLAIN'),
      };
    },
  };
}

/** Nobody acts for somebody else here (RFC 4422 §3.4.1), so a name to act for has to be one's own. */
export function isSamePerson(onBehalfOf: string, login: string): boolean {
  return onBehalfOf === '' || onBehalfOf.toLowerCase() === login.toLowerCase();
}
