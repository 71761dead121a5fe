// A small right cluster file for tests, and what to change in it.
import { parseClusterFile } from '../src/load-cluster-file.ts';
import type { LoadOptions } from '../src/load-cluster-file.ts';
import { ConfigError } from '../src/problem.ts';
import type { Problem } from '../src/problem.ts';
import { count, duration } from '../src/fields.ts';
import { section } from '../src/section.ts';

export const schema = {
  retry: section(
    'retry',
    {
      firstDelayMs: duration({ default: '1min', min: '1s', max: '1h', about: 'First pause.' }),
      lifetimeMs: duration({ default: '5d', about: 'Life.' }),
    },
    {
      about: 'When to try again.',
      checks: [
        ({ firstDelayMs, lifetimeMs }) =>
          lifetimeMs > firstDelayMs
            ? undefined
            : { field: 'lifetimeMs', problem: 'is too short', remedy: 'Make it longer.' },
      ],
    },
  ),
  limits: section(
    'limits',
    { recipientsMax: count({ default: 100, min: 100, about: 'Many.' }) },
    { about: 'The edge.' },
  ),
};

export const goodText = `[cluster]
name = "demo"

[[site]]
name = "shanghai"
hostname = "mx.shanghai.example"
timezone = "Asia/Shanghai"
dir = "shanghai"

[[site]]
name = "us"
hostname = "mx.us.example"
dir = "us"

[[domain]]
name = "shanghai.example"
home = "shanghai"
backups = ["us"]
`;

export function read(text: string, options: Partial<LoadOptions<typeof schema>> = {}) {
  return parseClusterFile(text, '/etc/restante/cluster.toml', { schema, env: {}, ...options });
}

/** The problems of a text; empty when it is right. */
export async function problemsOf(
  text: string,
  options: Partial<LoadOptions<typeof schema>> = {},
): Promise<readonly Problem[]> {
  try {
    await read(text, options);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}
