// Credentials of people whose passwords stand in a test.
import type { Credentials, ScramKeys } from './sasl-server.ts';
import { deriveScramKeys } from './scram/scram-keys.ts';

// The salt and iteration count of the example in RFC 7677 §3.
const salt = Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64');

export function credentialsOf(
  passwords: Readonly<Record<string, string>>,
): Required<Pick<Credentials, 'verifyPassword' | 'scramKeys' | 'finishScram'>> {
  const verdict = (login: string, isRight: boolean) =>
    isRight ? ({ kind: 'in', account: login } as const) : ({ kind: 'refused' } as const);
  return {
    verifyPassword: async (login, password) => verdict(login, passwords[login] === password),
    scramKeys: async (login) => {
      const keys = await deriveScramKeys(passwords[login] ?? '?', salt, 4096);
      return keys as ScramKeys;
    },
    finishScram: async (login, isProven) => verdict(login, isProven && login in passwords),
  };
}
