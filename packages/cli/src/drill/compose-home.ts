// The home as a container of the compose project this process belongs to: taken away as a power cut would, and started again.
//
// Talks to the container engine over its socket. Touches one container, found by the labels compose puts on it, and leaves
// it running: whoever ends early, gives the home back first.
import { request } from 'node:http';
import { hostname } from 'node:os';
import { text } from 'node:stream/consumers';
import { CliError } from '../errors.ts';

export interface ComposeHome extends AsyncDisposable {
  /** kill -9. Resolves when it is gone. */
  takeAway(): Promise<void>;
  /** Resolves when it is started, not when it is ready. */
  bringBack(): Promise<void>;
}

interface Container {
  readonly Id: string;
}

const projectLabel = 'com.docker.compose.project';

export async function findComposeHome(socketPath: string, service: string): Promise<ComposeHome> {
  const ask = engineAt(socketPath);
  const own = await ask('GET', `/containers/${hostname()}/json`);
  const project = own.status === 200 ? labelsOf(own.body)[projectLabel] : undefined;
  if (project === undefined)
    throw new CliError('WRONG_USE', 'This drill runs as a service of docker-compose.yml only.');

  const label = [
    `${projectLabel}=${project}`,
    `com.docker.compose.service=${service}`,
    'com.docker.compose.oneoff=False',
  ];
  const filters = encodeURIComponent(JSON.stringify({ label }));
  const listed = await ask('GET', `/containers/json?all=1&filters=${filters}`);
  const [home, second] = listed.status === 200 ? (JSON.parse(listed.body) as Container[]) : [];
  if (home === undefined || second !== undefined)
    throw new CliError(
      'FOUND_A_PROBLEM',
      `There is not exactly one container of ${service} in the project ${project}.`,
    );

  let isAway = false;
  const tell = async (what: string, fine: readonly number[]) => {
    const { status, body } = await ask('POST', `/containers/${home.Id}/${what}`);
    if (!fine.includes(status))
      throw new CliError('FOUND_A_PROBLEM', `The engine answered ${status} to ${what}: ${body}`);
  };
  const bringBack = async () => {
    await tell('start', [204, 304]);
    isAway = false;
  };
  return {
    takeAway: async () => {
      isAway = true;
      // A container that is killed by hand is not restarted by its restart policy.
      await tell('kill?signal=KILL', [204]);
      await tell('wait?condition=not-running', [200]);
    },
    bringBack,
    [Symbol.asyncDispose]: async () => {
      if (isAway) await bringBack();
    },
  };
}

type AskEngine = (
  method: 'GET' | 'POST',
  path: string,
) => Promise<{ readonly status: number; readonly body: string }>;

function engineAt(socketPath: string): AskEngine {
  return async (method, path) => {
    const { promise, resolve, reject } = Promise.withResolvers<Awaited<ReturnType<AskEngine>>>();
    const asked = request(
      { socketPath, method, path, headers: { host: 'engine' }, timeout: 60_000 },
      (answer) => {
        text(answer).then((body) => resolve({ status: answer.statusCode ?? 0, body }), reject);
      },
    );
    asked.on('timeout', () => asked.destroy(new Error('no answer within a minute')));
    asked.on('error', reject);
    asked.end();
    return promise.catch((cause: unknown) => {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new CliError(
        'FOUND_A_PROBLEM',
        `The container engine cannot be asked at ${socketPath} (${why}).`,
        { cause },
      );
    });
  };
}

function labelsOf(inspected: string): Readonly<Record<string, string>> {
  const { Config } = JSON.parse(inspected) as {
    readonly Config: { readonly Labels: Readonly<Record<string, string>> | null };
  };
  return Config.Labels ?? {};
}
