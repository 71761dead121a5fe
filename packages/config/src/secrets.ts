// Fetches secrets from where the file says they are. What comes out prints as [secret] everywhere.
import { readFile } from 'node:fs/promises';
import { Secret } from '@restante/runtime';
import type { SecretSource } from './field.ts';

/** The environment as the process was given it. */
export type Environment = Readonly<Record<string, string | undefined>>;

export type SecretAnswer =
  | { readonly ok: true; readonly secret: Secret }
  | { readonly ok: false; readonly problem: string; readonly remedy: string };

export async function fetchSecret(source: SecretSource, env: Environment): Promise<SecretAnswer> {
  if (source.from === 'env') return fromEnvironment(source.name, env);
  let content: string;
  try {
    content = await readFile(source.path, 'utf8');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error';
    return {
      ok: false,
      problem: `names a file that cannot be read (${code})`,
      remedy: `Put the password into ${source.path}, readable for the user that runs Restante only.`,
    };
  }
  const value = content.split('\n', 1)[0]?.trimEnd() ?? '';
  return value === ''
    ? {
        ok: false,
        problem: 'names a file whose first line is empty',
        remedy: `Put the password into the first line of ${source.path}.`,
      }
    : { ok: true, secret: new Secret(value) };
}

function fromEnvironment(name: string, env: Environment): SecretAnswer {
  const value = env[name];
  return value === undefined || value === ''
    ? {
        ok: false,
        problem: 'names an environment variable that is not set',
        remedy: `Set ${name} for the process that runs Restante.`,
      }
    : { ok: true, secret: new Secret(value) };
}
