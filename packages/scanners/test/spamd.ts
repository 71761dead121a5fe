// A private spamd with the rules of deploy/spamassassin/limited: no network, a Bayes database of its own.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { freePort } from '../../../test/kit/free-port.ts';
import { type Daemon, daemonDir, startDaemon } from './start-daemon.ts';

const rules = join(import.meta.dirname, '../../../deploy/spamassassin/limited');

export interface Spamd extends AsyncDisposable {
  readonly tcp: string;
  readonly unix: string;
  /** Messages of a kind in its Bayes database. */
  learned(kind: 'nspam' | 'nham'): number;
}

export async function startSpamd(): Promise<Spamd> {
  const dir = await daemonDir();
  const port = await freePort();
  const isRoot = process.getuid?.() === 0;
  const socket = join(dir, 'spamd.sock');
  const listening =
    `-L -x --allow-tell -m 2 --min-children 1 -s stderr -H ${dir} -i 127.0.0.1 -p ${port} --socketpath ${socket} --socketmode 0666`.split(
      ' ',
    );
  const configuration = ['-C', rules, '--siteconfigpath', rules, '--cf', `bayes_path ${dir}/bayes`];
  const daemon: Daemon = await startDaemon(
    dir,
    ['spamd', ...(isRoot ? ['-u', 'nobody'] : []), ...listening, ...configuration],
    { port },
    { path: socket },
  );
  return {
    tcp: `127.0.0.1:${port}`,
    unix: `unix:${socket}`,
    learned(kind) {
      const said = execFileSync('sa-learn', ['--dump', 'magic', '-L', ...configuration], {
        encoding: 'utf8',
        env: { PATH: '/usr/bin:/bin', HOME: dir },
      });
      return Number(new RegExp(`(\\d+)\\s+\\d+\\s+non-token data: ${kind}`).exec(said)?.[1] ?? 0);
    },
    [Symbol.asyncDispose]: () => daemon[Symbol.asyncDispose](),
  };
}
