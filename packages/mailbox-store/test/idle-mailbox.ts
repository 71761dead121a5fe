// A mailbox of ana's that minutes pass over in no time.
import type { TestContext } from 'node:test';
import { systemClock } from '@restante/runtime';
import { makeMailbox, type TestMailbox } from './mailbox-for-tests.ts';

export interface IdleMailbox extends TestMailbox {
  /** Longer than an unused folder is kept; the housekeeping comes by. */
  leaveAlone(): Promise<void>;
  passMs(ms: number): void;
}

export async function makeIdle(context: TestContext): Promise<IdleMailbox> {
  let offsetMs = 0;
  let idleMs = 0;
  context.mock.timers.enable({ apis: ['setInterval'] });
  const clock = {
    ...systemClock,
    now: () => Date.now() + offsetMs,
    monotonicMs: () => performance.now() + idleMs,
  };
  const made = await makeMailbox({ clock });
  return {
    ...made,
    async leaveAlone() {
      idleMs += 7 * 60_000;
      context.mock.timers.tick(60_000);
      // It is done when whoever comes after it is.
      for (let turn = 0; turn < 20; turn += 1)
        await new Promise((resolve) => setImmediate(resolve));
    },
    passMs: (ms) => {
      offsetMs += ms;
    },
  };
}
