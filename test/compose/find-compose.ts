// Is there an engine, a compose, and every base image? Finds out quickly, because most machines that run our tests have none.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** The words that call compose, or why there is nothing to test with. */
export type Found = { readonly compose: readonly string[] } | { readonly missing: string };

const answerMaxMs = 10_000;
const pullMaxMs = 180_000;
const composeFile = new URL('../../docker-compose.yml', import.meta.url);
const imageFile = new URL('../../deploy/images/restante.Dockerfile', import.meta.url);

export async function findCompose(): Promise<Found> {
  const engine = await tell(['docker', 'info', '--format', '{{.ServerVersion}}']);
  if (!engine.ok) return { missing: `no container engine answers (${engine.said})` };

  const compose = await firstThatAnswers([['docker', 'compose'], ['docker-compose']]);
  if (!compose) return { missing: 'neither "docker compose" nor "docker-compose" is installed' };

  for (const image of await baseImages()) {
    if ((await tell(['docker', 'image', 'inspect', '--format', '{{.Id}}', image])).ok) continue;
    const pulled = await tell(['docker', 'pull', '--quiet', image], pullMaxMs);
    if (!pulled.ok)
      return { missing: `${image} is not here and cannot be pulled (${pulled.said})` };
  }
  return { compose };
}

export function describeSkip(missing: string): string {
  return `SKIPPED, both sites under docker-compose.yml and the drill primary-down: ${missing}.`;
}

async function firstThatAnswers(
  candidates: readonly (readonly string[])[],
): Promise<readonly string[] | undefined> {
  for (const words of candidates) if ((await tell([...words, 'version'])).ok) return words;
  return undefined;
}

/** Images that are not made here. */
async function baseImages(): Promise<readonly string[]> {
  const [compose, dockerfile] = await Promise.all(
    [composeFile, imageFile].map(async (file) => readFile(file, 'utf8')),
  );
  const named = [
    ...(compose ?? '').matchAll(/^ +image: (\S+)$/gm),
    ...(dockerfile ?? '').matchAll(/^ARG NODE_IMAGE=(\S+)$/gm),
  ];
  return named.map(([, image = '']) => image).filter((image) => !image.startsWith('restante:'));
}

async function tell(
  [command = '', ...words]: readonly string[],
  timeoutMs = answerMaxMs,
): Promise<{ readonly ok: boolean; readonly said: string }> {
  try {
    const { stdout } = await promisify(execFile)(command, words, { timeout: timeoutMs });
    return { ok: true, said: stdout.trim() };
  } catch (failure) {
    const text = failure instanceof Error ? failure.message : String(failure);
    return { ok: false, said: text.trim().split('\n').at(-1) ?? '' };
  }
}
