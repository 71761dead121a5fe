// What our people teach: one message after the other, in the background, with a bound on how many wait.
//
// Promises
// - teach() never rejects and never holds up whoever calls it; a full queue drops the newest, and says so.
// - A scanner that fails is asked again for the next message: teaching is rare, and nobody waits for it.
import type { Clock } from '@restante/runtime';
import type { ScannerEvent, ScannerName, Scanners, TaughtMessage } from './scanners.ts';
import { startLimit } from './time-limit.ts';

export interface Teacher {
  readonly scanner: ScannerName;
  readonly sizeMaxBytes: number;
  /** Whether it learned something. */
  tell(what: 'spam' | 'ham', message: TaughtMessage, signal: AbortSignal): Promise<boolean>;
}

export interface TeachingOptions {
  readonly teachers: readonly Teacher[];
  readonly budgetMs: number;
  readonly waitingMax: number;
  readonly clock: Clock;
  readonly onEvent: (event: ScannerEvent) => void;
}

export interface Teaching {
  readonly teach: Scanners['teach'];
  /** What waits is dropped; what is under way is cut off. */
  close(): Promise<void>;
}

export function createTeaching(options: TeachingOptions): Teaching {
  const { teachers, budgetMs, waitingMax, clock, onEvent } = options;
  const closing = new AbortController();
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();

  const tellOne = async (
    { scanner, sizeMaxBytes, tell }: Teacher,
    what: 'spam' | 'ham',
    message: TaughtMessage,
  ): Promise<readonly ScannerName[]> => {
    const report = (outcome: 'learned' | 'known' | 'failed' | 'dropped', why?: string) =>
      onEvent({
        name: 'scanner.taught',
        scanner,
        what,
        outcome,
        ...(why === undefined ? {} : { why }),
      });
    if (closing.signal.aborted || message.sizeBytes > sizeMaxBytes) {
      report('dropped', closing.signal.aborted ? 'It is closing.' : 'The message is too large.');
      return [];
    }
    const limit = startLimit(clock, budgetMs, closing.signal);
    try {
      const isNew = await Promise.race([tell(what, message, limit.signal), limit.reached]);
      report(isNew ? 'learned' : 'known');
      return isNew ? [scanner] : [];
    } catch (cause) {
      report('failed', cause instanceof Error ? cause.message : String(cause));
      return [];
    } finally {
      limit.stop();
    }
  };

  return {
    async teach(what, message) {
      if (teachers.length === 0) return [];
      if (waiting >= waitingMax) {
        for (const { scanner } of teachers)
          onEvent({
            name: 'scanner.taught',
            scanner,
            what,
            outcome: 'dropped',
            why: `${waitingMax} messages are waiting to be learned.`,
          });
        return [];
      }
      waiting += 1;
      const turn = last.then(async () => {
        const took = await Promise.all(teachers.map((teacher) => tellOne(teacher, what, message)));
        waiting -= 1;
        return took.flat();
      });
      last = turn;
      return turn;
    },
    async close() {
      closing.abort(new Error('It is closing.'));
      await last;
    },
  };
}
