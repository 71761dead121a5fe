// Leaves a scanner alone that failed several times in a row. Pure but for what it remembers; the time is the caller's.
//
//   used ──(failuresMax in a row)──▶ left alone ──(restMs)──▶ one tries ──(success)──▶ used
//                                        ▲──────────(failure)─────┘
//
// Who asks while one tries is turned away as before: a dead scanner costs one message its budget per rest, no more.
export interface BreakerLimits {
  readonly failuresMax: number;
  readonly restMs: number;
}

/** Must be ended in exactly one of the three ways. */
export interface Attempt {
  succeeded(): void;
  failed(why: string): void;
  /** It came to nothing for reasons that are not the scanner's. */
  withdrawn(): void;
}

export interface Breaker {
  /** Undefined: leave it alone. */
  enter(): Attempt | undefined;
  /** Why it is left alone; for people. */
  readonly why: string;
}

export interface BreakerOptions extends BreakerLimits {
  readonly onChange: (to: 'used' | 'left-alone', why: string) => void;
  /** Of a clock that never steps. */
  readonly nowMs: () => number;
}

export function createBreaker({ failuresMax, restMs, onChange, nowMs }: BreakerOptions): Breaker {
  let failures = 0;
  let why = '';
  let restsUntilMs: number | undefined;
  let isTrying = false;

  const leaveAlone = (reason: string) => {
    const isNew = restsUntilMs === undefined;
    restsUntilMs = nowMs() + restMs;
    why = reason;
    if (isNew) onChange('left-alone', reason);
  };
  const attempt = (isTrial: boolean): Attempt => ({
    succeeded() {
      if (isTrial) isTrying = false;
      failures = 0;
      if (restsUntilMs === undefined) return;
      restsUntilMs = undefined;
      onChange('used', 'It answers again.');
    },
    failed(reason) {
      if (isTrial) isTrying = false;
      // Those that began before it was left alone say nothing new.
      else if (restsUntilMs !== undefined) return;
      failures += 1;
      if (isTrial || failures >= failuresMax) leaveAlone(reason);
    },
    withdrawn() {
      if (isTrial) isTrying = false;
    },
  });

  return {
    enter() {
      if (restsUntilMs === undefined) return attempt(false);
      if (isTrying || nowMs() < restsUntilMs) return undefined;
      isTrying = true;
      return attempt(true);
    },
    get why() {
      return why;
    },
  };
}
