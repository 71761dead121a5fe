// Who waits for a turn on a connection. First come, first served; leaving early is allowed.
import type { Transaction } from '@restante/smtp';
import type { PoolAnswer } from './smtp-pool.ts';

export interface Job {
  readonly transaction: Transaction;
  readonly signal: AbortSignal | undefined;
  readonly resolve: (answer: PoolAnswer) => void;
  hasBeenTried: boolean;
  onAbort?: () => void;
}

export class WaitingLine {
  readonly #jobs: Job[] = [];

  get length(): number {
    return this.#jobs.length;
  }

  join(job: Job): void {
    this.#jobs.push(job);
  }

  /** A turn that came to nothing: first again. */
  putBack(job: Job): void {
    this.#jobs.unshift(job);
  }

  /** For the last one who joined: only who really has to wait needs to hear of an abort. */
  watch(job: Job): void {
    const { signal } = job;
    if (signal === undefined || this.#jobs.at(-1) !== job) return;
    job.onAbort = () => {
      const at = this.#jobs.indexOf(job);
      if (at < 0) return;
      this.#jobs.splice(at, 1);
      job.resolve({ kind: 'stopped' });
    };
    signal.addEventListener('abort', job.onAbort, { once: true });
  }

  next(): Job | undefined {
    const job = this.#jobs.shift();
    if (job?.onAbort !== undefined) {
      job.signal?.removeEventListener('abort', job.onAbort);
      delete job.onAbort;
    }
    return job;
  }

  answerAll(answer: PoolAnswer): void {
    for (let job = this.next(); job !== undefined; job = this.next()) job.resolve(answer);
  }
}
