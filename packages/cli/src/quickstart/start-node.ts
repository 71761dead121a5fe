// A site's node as a process of its own. The words that start it work from any directory, and again after a kill: same
// ports, same state.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CliError } from '../errors.ts';
import { siteFilesIn } from './layout.ts';
import { endChild, livePid } from './processes.ts';

export interface NodeStart {
  readonly site: string;
  readonly config: string;
  readonly siteDir: string;
  /** host:port of the operators' door. */
  readonly http: string;
  readonly signal?: AbortSignal;
}

// main.ts from source, main.js in a release.
const main = join(import.meta.dirname, '..', `main${extname(import.meta.filename)}`);

/** The argv that runs this site. */
export function nodeArgv({ site, config }: Pick<NodeStart, 'site' | 'config'>): readonly string[] {
  return [
    // Fewer malloc arenas, and what they free goes back: a node with a large backlog stays a good deal smaller. More threads: syncs of many mailboxes at the
    // same time share the journal's commits. env becomes the node, the pid is the same.
    'env',
    'MALLOC_ARENA_MAX=2',
    'MALLOC_TRIM_THRESHOLD_=1048576',
    'UV_THREADPOOL_SIZE=16',
    process.execPath,
    '--conditions=source',
    main,
    'site',
    'run',
    '--config',
    config,
    '--site',
    site,
  ];
}

/** What the command line of a node looks like, whoever started it. */
export const nodeMark = ' site run ';

/** Resolves when the node accepts mail; throws with the end of its log when it does not come up. */
export async function startNode(start: NodeStart, { startMaxMs = 60_000 } = {}): Promise<number> {
  const files = siteFilesIn(start.siteDir);
  const running = await livePid(files.pid, nodeMark);
  if (running !== undefined) return running;

  await mkdir(start.siteDir, { recursive: true });
  const log = await open(files.log, 'a');
  const logBegan = (await log.stat()).size;
  try {
    const [program = '', ...words] = nodeArgv(start);
    const child = spawn(program, words, {
      stdio: ['ignore', log.fd, log.fd],
      detached: true,
      cwd: '/',
    });
    await once(child, 'spawn');
    child.unref();
    try {
      await untilAccepting(start, child, { logBegan, startMaxMs });
    } catch (failure) {
      // It may not have left its pid yet, so nobody else could find it.
      await endChild(child);
      throw failure;
    }
    return child.pid ?? 0;
  } finally {
    await log.close();
  }
}

export async function isAccepting(http: string): Promise<boolean> {
  try {
    const answer = await fetch(`http://${http}/readyz`, { signal: AbortSignal.timeout(2_000) });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false; // Not listening yet.
  }
}

async function untilAccepting(
  { site, siteDir, http, signal }: NodeStart,
  child: ChildProcess,
  { logBegan, startMaxMs }: { readonly logBegan: number; readonly startMaxMs: number },
): Promise<void> {
  const deadline = Date.now() + startMaxMs;
  while (!(await isAccepting(http))) {
    const hasEnded = child.exitCode !== null || child.signalCode !== null;
    if (hasEnded || Date.now() > deadline) {
      const { log } = siteFilesIn(siteDir);
      const what = hasEnded
        ? `ended with ${child.exitCode ?? child.signalCode}`
        : 'does not accept mail';
      const lastWords = (await readFile(log))
        .subarray(logBegan)
        .toString('utf8')
        .trimEnd()
        .split('\n')
        .slice(-12)
        .join('\n  ');
      throw new CliError(
        'FOUND_A_PROBLEM',
        `The node of ${site} ${what}. The end of ${log}:\n  ${lastWords}`,
      );
    }
    await sleep(40, undefined, signal ? { signal } : {});
  }
}
