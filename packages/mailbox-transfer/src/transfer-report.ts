// What a transfer has done so far: counted as it goes, looked at by whoever waits, and the result at the end.

export interface TransferProblem {
  readonly folder: string;
  /** The message, or "" for the whole folder. */
  readonly where: string;
  readonly problem: string;
}

export interface TransferReport {
  /** The folder being worked on; empty at the end. */
  readonly folder: string;
  readonly foldersDone: number;
  readonly foldersTotal: number;
  readonly imported: number;
  /** Were there already, and stayed as they are. */
  readonly alreadyThere: number;
  readonly failed: number;
  readonly sizeBytes: number;
  /** The first hundred; `failed` counts all. */
  readonly problems: readonly TransferProblem[];
  /** Why it ended before its end. */
  readonly endedEarly?: 'over-quota' | 'cancelled';
}

const problemsMax = 100;

export class TransferTally {
  folder = '';
  foldersDone = 0;
  foldersTotal = 0;
  imported = 0;
  alreadyThere = 0;
  failed = 0;
  sizeBytes = 0;
  endedEarly: TransferReport['endedEarly'];
  readonly #problems: TransferProblem[] = [];

  fail(where: string, problem: string, count = 1): void {
    this.failed += count;
    if (this.#problems.length < problemsMax)
      this.#problems.push({ folder: this.folder, where, problem: problem.slice(0, 300) });
  }

  report(): TransferReport {
    const { folder, foldersDone, foldersTotal, imported, alreadyThere, failed, sizeBytes } = this;
    const counts = { folder, foldersDone, foldersTotal, imported, alreadyThere, failed, sizeBytes };
    const problems = [...this.#problems];
    return this.endedEarly === undefined
      ? { ...counts, problems }
      : { ...counts, problems, endedEarly: this.endedEarly };
  }
}
