// What a soak leaves behind.
export interface SoakResult {
  /** Parts that no run has tried yet. */
  readonly notTried: readonly string[];
  readonly parts: readonly PartResult[];
}

export interface PartResult {
  readonly name: string;
  readonly title: string;
  readonly startedAt: string;
  readonly revision: string;
  readonly machine: Machine;
  readonly outcome: Outcome;
  readonly durationMs: number;
  /** How the counts were set. */
  readonly settings: Readonly<Record<string, string>>;
  readonly tests: readonly TestResult[];
  /** What the drills counted: seed, rounds, lost, twice. */
  readonly findings: readonly Readonly<Record<string, number | string>>[];
}

export type Outcome = 'passed' | 'failed' | 'skipped';

export interface TestResult {
  readonly name: string;
  readonly outcome: Outcome;
  readonly durationMs: number;
  /** Of a failure, or of being skipped. */
  readonly why?: string;
}

export interface Machine {
  readonly cpus: number;
  readonly model: string;
  readonly memoryGiB: number;
  readonly kernel: string;
  readonly node: string;
}
