// A directory of its own for a test, gone afterwards. Others may walk through it, because Postfix runs as somebody else.
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TemporaryDirectory extends AsyncDisposable {
  readonly path: string;
}

export async function temporaryDirectory({ under = tmpdir() } = {}): Promise<TemporaryDirectory> {
  const path = await mkdtemp(join(under, 'restante-'));
  await chmod(path, 0o755);
  return {
    path,
    [Symbol.asyncDispose]: async () => rm(path, { recursive: true, force: true, maxRetries: 5 }),
  };
}
