// Start in order, stop in reverse, with a stated deadline. Nothing here knows mail.
//
// stop = refuse new work, finish or put back current work, release, let the loop empty.
import { once } from 'node:events';

/** Resolves with the name of the first termination signal the process gets. */
export async function terminationSignal(): Promise<string> {
  const aborter = new AbortController();
  const wait = async (name: 'SIGINT' | 'SIGTERM') => {
    await once(process, name, { signal: aborter.signal });
    return name;
  };
  const signals = [wait('SIGINT'), wait('SIGTERM')];
  const first = await Promise.race(signals);
  aborter.abort();
  await Promise.allSettled(signals);
  return first;
}

/** Waits for the promise, but not longer than the deadline; says whether it was done in time. */
export async function withinDeadline(work: Promise<unknown>, deadlineMs: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<false>();
  const timer = setTimeout(() => resolve(false), deadlineMs);
  try {
    return await Promise.race([work.then(() => true), promise]);
  } finally {
    clearTimeout(timer);
  }
}
