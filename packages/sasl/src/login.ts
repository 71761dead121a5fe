// LOGIN: two questions, two answers. It was never a standard (draft-murchison-sasl-login); some clients know nothing else.
import { readText } from './read-text.ts';
import type { SaslContext, SaslExchange, SaslStep } from './sasl-server.ts';

// The words are part of the mechanism: clients wait for them.
const questions = { login: Buffer.from('Username:'), password: Buffer.from('Password:') };

export function loginExchange({ credentials }: SaslContext): SaslExchange {
  let login: string | undefined;
  return {
    async next(response): Promise<SaslStep> {
      if (response === undefined) return { kind: 'challenge', bytes: questions.login };
      const text = readText(response);
      if (text === undefined || text === '' || text.includes('\0')) return { kind: 'malformed' };
      if (login === undefined) {
        login = text;
        return { kind: 'challenge', bytes: questions.password };
      }
      return { kind: 'end', verdict: await credentials.verifyPassword(login, text, 'LOGIN') };
    },
  };
}
