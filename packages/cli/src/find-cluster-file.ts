// Which cluster file a command means: the one that was named, else the nearest one that is there.
//   --config · --dir D (a quickstart's directory) · $RESTANTE_CONFIG · ./restante.toml · the one running quickstart ·
//   /etc/restante/restante.toml
import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { CliError } from './errors.ts';
import { runningQuickstarts } from './quickstart/running.ts';
import type { Surroundings } from './surroundings.ts';

export interface WhereToLook {
  readonly config?: string | undefined;
  readonly dir?: string | undefined;
}

const systemFile = '/etc/restante/restante.toml';

export async function findClusterFile(
  { config, dir }: WhereToLook,
  surroundings: Surroundings,
): Promise<string> {
  const { directory, environment } = surroundings;
  if (config !== undefined && dir !== undefined)
    throw new CliError('WRONG_USE', 'Give --config or --dir, not both.');
  if (config !== undefined) return resolve(directory, config);
  if (dir !== undefined) return resolve(directory, dir, 'restante.toml');
  const named = environment['RESTANTE_CONFIG'];
  if (named !== undefined && named !== '') return resolve(directory, named);

  const here = join(directory, 'restante.toml');
  if (await exists(here)) return here;
  const running = await runningQuickstarts();
  const [only] = running;
  if (only !== undefined && running.length === 1) return join(only.dir, 'restante.toml');
  if (await exists(systemFile)) return systemFile;
  if (running.length > 1) {
    throw new CliError(
      'WRONG_USE',
      `Several quickstarts run; say which: ${running.map((each) => `--dir ${each.dir}`).join(' or ')}.`,
    );
  }
  throw new CliError(
    'WRONG_USE',
    `No cluster file: neither --config, --dir nor RESTANTE_CONFIG is given, and there is none at ${here} or ${systemFile}. To try Restante: npm start.`,
  );
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
