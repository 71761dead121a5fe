// curl, once: what it printed, or an error with what it complained about.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

export async function curlOnce(parameters: readonly string[]): Promise<string> {
  try {
    const options = { encoding: 'latin1', maxBuffer: 64 * 1024 * 1024, timeout: 30_000 } as const;
    const { stdout } = await execute('curl', ['--max-time', '30', ...parameters], options);
    return stdout;
  } catch (failure) {
    throw new Error(`curl ended with ${failure instanceof Error ? failure.message : 'an error'}`, {
      cause: failure,
    });
  }
}
