// What a command sees of the process it runs in: three streams, the environment, the directory, the time. Tests bring
// their own. This is the only place of this package that reads the environment.
import { env } from 'node:process';
import type { Readable } from 'node:stream';

export interface Output {
  write(text: string | Uint8Array): void;
  readonly isTty: boolean;
  readonly columns: number;
}

export interface Surroundings {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly directory: string;
  now(): number;
}

export function processSurroundings(): Surroundings {
  return {
    stdout: outputTo(process.stdout),
    stderr: outputTo(process.stderr),
    stdin: process.stdin,
    environment: env,
    directory: process.cwd(),
    now: () => Date.now(),
  };
}

function outputTo(stream: NodeJS.WriteStream): Output {
  // A reader that has seen enough ("| head") is not an error of ours.
  stream.on('error', (cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'EPIPE') throw cause;
  });
  return {
    write: (text) => void stream.write(text),
    get isTty() {
      return stream.isTTY;
    },
    get columns() {
      return stream.isTTY ? stream.columns : 200;
    },
  };
}
