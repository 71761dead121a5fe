// The pair from two PEM files that somebody else (certbot, an operator) replaces while we run.
//
// Promises
// - A new pair is shown as soon as both files are there, match and are in time: seconds after a change where the system tells of
//   changes, at the next look (a minute) where it does not.
// - Half of a change (new certificate, old key) is waited out, and told once when it stays.
// - Symbolic links are followed, as certbot's live/ needs.
import { watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock } from '@restante/runtime';
import { createCertificateHolder } from '../certificate-holder.ts';
import type {
  CertificateEventSink,
  CertificateSource,
  KeyAndChain,
} from '../certificate-source.ts';
import { checkPair } from '../check-pair.ts';
import { CertificatesError } from '../errors.ts';
import { usable } from '../fixed-certificate.ts';

export interface FileCertificatesOptions {
  readonly keyFile: string;
  readonly certFile: string;
  readonly clock: Clock;
  readonly onEvent: CertificateEventSink;
  /** Pause between two looks when nobody tells of changes. Default one minute. */
  readonly pollMs?: number;
  /** How long a change may be half done before it is a problem. Default 2 s. */
  readonly settleMs?: number;
}

/** Throws CERTIFICATE_UNUSABLE when there is no usable pair at the start; one that is out of time is taken, and told. */
export async function createFileCertificates(
  options: FileCertificatesOptions,
): Promise<CertificateSource> {
  const { keyFile, certFile, clock, onEvent, pollMs = 60_000, settleMs = 2000 } = options;
  const first = await readPair(keyFile, certFile).catch((cause: unknown) => {
    throw new CertificatesError('CERTIFICATE_UNUSABLE', {
      about: `${certFile}, ${keyFile}`,
      cause,
    });
  });
  const initial = usable(first, clock.now(), certFile);
  const holder = createCertificateHolder(initial);
  const stop = new AbortController();
  let told: string | undefined;
  let nudge = new AbortController();

  const tellOnce = (problem: string): void => {
    if (problem !== told) onEvent({ name: 'certificate.refused', from: 'files', problem });
    told = problem;
  };

  /** Undefined when all is well; otherwise what is wrong with the files as they are now. */
  const look = async (): Promise<string | undefined> => {
    try {
      const pair = await readPair(keyFile, certFile);
      const { key, cert } = holder.pair();
      if (pair.key === key && pair.cert === cert) return undefined;
      const answer = checkPair(pair, clock.now());
      if (answer.kind !== 'good') return `${certFile}: ${answer.problem}`;
      holder.replace(answer.pair);
      const { names, expiresAtMs } = answer.pair;
      onEvent({ name: 'certificate.changed', from: 'files', names, expiresAtMs });
      return undefined;
    } catch (cause) {
      return `${certFile}, ${keyFile}: ${cause instanceof Error ? cause.message : String(cause)}`;
    }
  };

  const run = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      await pause(clock, pollMs, AbortSignal.any([stop.signal, nudge.signal]));
      nudge = new AbortController();
      if (stop.signal.aborted) return;
      let problem = await look();
      if (problem !== undefined) {
        await pause(clock, settleMs, stop.signal);
        problem = await look();
      }
      if (problem === undefined) told = undefined;
      else if (!stop.signal.aborted) tellOnce(problem);
    }
  };

  const answer = checkPair(initial, clock.now());
  if (answer.kind === 'out-of-time') tellOnce(`${certFile}: ${answer.problem}`);
  const watchers = watchDirectories([dirname(keyFile), dirname(certFile)], () => nudge.abort());
  const running = run();
  return Object.assign(holder.source, {
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      for (const close of watchers) close();
      await running;
    },
  });
}

async function readPair(keyFile: string, certFile: string): Promise<KeyAndChain> {
  const [key, cert] = await Promise.all([readFile(keyFile, 'utf8'), readFile(certFile, 'utf8')]);
  return { key, cert };
}

async function pause(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  await clock.sleep(delayMs, signal).catch(() => undefined); // Woken early: that is what the signal is for.
}

/** Files are replaced by renaming, so it is the directory that changes. Where watching fails the looks have to do. */
function watchDirectories(
  directories: readonly string[],
  changed: () => void,
): readonly (() => void)[] {
  return [...new Set(directories)].flatMap((directory) => {
    try {
      const watcher = watch(directory, { persistent: false }, changed);
      watcher.on('error', () => watcher.close());
      return [() => watcher.close()];
    } catch {
      return []; // No inotify left, or a file system without it: the next look sees the change.
    }
  });
}
