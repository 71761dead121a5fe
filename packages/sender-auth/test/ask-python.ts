// Runs one of the drivers beside this file under Debian's Python: a JSON value a line in, one a line out.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const python = '/usr/bin/python3';

/** Why it cannot be asked, or false. */
export function pythonMissing(test: string, name: string): string | false {
  return spawnSync(python, ['-c', test]).status === 0 ? false : `${name} is not installed`;
}

export function askPython(driver: string, questions: readonly unknown[]): readonly unknown[] {
  const path = fileURLToPath(new URL(driver, import.meta.url));
  const { status, stdout, stderr } = spawnSync(python, [path], {
    input: questions.map((question) => JSON.stringify(question)).join('\n'),
    timeout: 60_000,
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(`${driver} ended with ${status}: ${stderr.toString()}`);
  const lines = stdout.toString().trim().split('\n');
  return lines.map((line): unknown => JSON.parse(line));
}
