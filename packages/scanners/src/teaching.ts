// What our people teach: one message after the other, in the background, with a bound on how many wait.
//
// Promises
// - teach() never rejects and never holds up whoever calls it; a full queue drops the newest, and says so.
// - A scanner that fails is asked again for the next message: teaching is rare, and nobody waits for it.
import type { Clock } from '@restante/runtime';
import { exactly } from './scanned-bytes.ts';
import type { ScannerEvent, ScannerName, Scanners, TaughtMessage } from './scanners.ts';
import { startLimit } from './time-limit.ts';
import { withoutMarks } from './without-marks.ts';

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

  const reporter =
    (scanner: ScannerName, what: 'spam' | 'ham') =>
    (outcome: 'learned' | 'known' | 'failed' | 'dropped', why?: string) =>
      onEvent({
        name: 'scanner.taught',
        scanner,
        what,
        outcome,
        ...(why === undefined ? {} : { why }),
      });

  const tellAll = async (
    what: 'spam' | 'ham',
    message: TaughtMessage,
  ): Promise<readonly ScannerName[]> => {
    const willing: Teacher[] = [];
    for (const teacher of teachers) {
      if (!closing.signal.aborted && message.sizeBytes <= teacher.sizeMaxBytes)
        willing.push(teacher);
      else
        reporter(teacher.scanner, what)(
          'dropped',
          closing.signal.aborted ? 'It is closing.' : 'The message is too large.',
        );
    }
    if (willing.length === 0) return [];
    const limit = startLimit(clock, budgetMs, closing.signal);
    try {
      const plain = await Promise.race([plainMessage(message), limit.reached]);
      const took = await Promise.all(willing.map((teacher) => tellOne(teacher, what, plain)));
      return took.flat();
    } catch (cause) {
      for (const { scanner } of willing) reporter(scanner, what)('failed', messageOf(cause));
      return [];
    } finally {
      limit.stop();
    }
  };

  const tellOne = async (
    { scanner, tell }: Teacher,
    what: 'spam' | 'ham',
    message: TaughtMessage,
  ): Promise<readonly ScannerName[]> => {
    const report = reporter(scanner, what);
    const limit = startLimit(clock, budgetMs, closing.signal);
    try {
      const isNew = await Promise.race([tell(what, message, limit.signal), limit.reached]);
      report(isNew ? 'learned' : 'known');
      return isNew ? [scanner] : [];
    } catch (cause) {
      report('failed', messageOf(cause));
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
          reporter(scanner, what)('dropped', `${waitingMax} messages are waiting to be learned.`);
        return [];
      }
      waiting += 1;
      const turn = last.then(async () => {
        try {
          return await tellAll(what, message);
        } finally {
          waiting -= 1;
        }
      });
      // The next one does not care how this one ended.
      last = turn.catch(() => undefined);
      return turn;
    },
    async close() {
      closing.abort(new Error('It is closing.'));
      await last;
    },
  };
}

/** One at a time and bounded by what scanners are asked about, so it may be collected: it gets shorter without our marks. */
async function plainMessage({ bytes, sizeBytes, account }: TaughtMessage): Promise<TaughtMessage> {
  const plain = withoutMarks(Buffer.concat(await Array.fromAsync(exactly(sizeBytes, bytes()))));
  return { bytes: () => [plain], sizeBytes: plain.length, account };
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
