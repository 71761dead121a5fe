// One compose project of its own name and ports, so that a demo of the same file may run beside it. Disposing of it takes
// everything down, volumes included, whatever happened before.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

export interface Project extends AsyncDisposable {
  readonly name: string;
  /** Ends well or throws. Its words are shown, or with `quietly` only when it fails. */
  run(words: readonly string[], options?: { readonly quietly?: boolean }): Promise<void>;
  /** Standard output of a command that ended well. */
  read(words: readonly string[]): Promise<string>;
}

const root = fileURLToPath(new URL('../../', import.meta.url));
/** The whole test is bounded by what its steps are bounded by. */
const stepMaxMs = 5 * 60_000;

export function projectFor([command = '', ...compose]: readonly string[]): Project {
  const name = `restante-test-${process.pid}`;
  const services = ['', '_SUBMISSIONS', '_IMAPS', '_POP3S'];
  const anyPort = {
    ...Object.fromEntries(
      ['SHANGHAI', 'US'].flatMap((site) =>
        services.map((service) => [`RESTANTE_PORT_${site}${service}`, '0']),
      ),
    ),
    RESTANTE_PORT_PROMETHEUS: '0',
  };
  const interrupted = new AbortController();
  const stop = () => interrupted.abort(new Error('interrupted'));
  process.once('SIGINT', stop).once('SIGTERM', stop);

  async function call(words: readonly string[], { shown, signal }: CallOptions): Promise<string> {
    const child = spawn(command, [...compose, '-p', name, ...words], {
      cwd: root,
      env: { ...process.env, ...anyPort },
      stdio: ['ignore', shown ? 'inherit' : 'pipe', shown ? 'inherit' : 'pipe'],
      // A terminal's Ctrl-C must not reach "down".
      detached: true,
      timeout: stepMaxMs,
      ...(signal ? { signal } : {}),
    });
    const [said, complained, [code, killedBy]] = await Promise.all([
      child.stdout ? text(child.stdout) : '',
      child.stderr ? text(child.stderr) : '',
      once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>,
    ]);
    if (code === 0) return said;
    const why = killedBy === null ? `ended with ${code}` : `was ended by ${killedBy}`;
    throw new Error(`"compose ${words.join(' ')}" ${why}\n${lastLines(said + complained)}`);
  }

  return {
    name,
    run: async (words, { quietly = false } = {}) =>
      void (await call(words, { shown: !quietly, signal: interrupted.signal })),
    read: async (words) => call(words, { shown: false, signal: interrupted.signal }),
    [Symbol.asyncDispose]: async () => {
      process.off('SIGINT', stop).off('SIGTERM', stop);
      await call(
        [
          '--profile',
          'drill-primary-down',
          'down',
          '--volumes',
          '--remove-orphans',
          '--timeout',
          '5',
        ],
        { shown: false },
      );
    },
  };
}

interface CallOptions {
  readonly shown: boolean;
  readonly signal?: AbortSignal;
}

function lastLines(output: string): string {
  return output.trimEnd().split('\n').slice(-25).join('\n');
}
