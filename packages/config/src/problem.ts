// What is wrong with a cluster file: where, what, and what to do about it. All of it at once.
export interface Problem {
  /** Line in the cluster file; absent when the thing is not in the file. */
  readonly line?: number;
  /** For example "site[shanghai].listen.smtp". */
  readonly key: string;
  /** As it stands in the file; never a secret's. */
  readonly value?: string;
  /** Continues the sentence that the key begins: "is not a host name". */
  readonly problem: string;
  readonly remedy: string;
}

export const configFailures = {
  CLUSTER_FILE_UNREADABLE: { retry: false, meaning: 'The cluster file could not be read.' },
  CLUSTER_FILE_WRONG: { retry: false, meaning: 'The cluster file has problems.' },
} as const;

export type ConfigFailureCode = keyof typeof configFailures;

export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly code: ConfigFailureCode;
  readonly file: string;
  readonly problems: readonly Problem[];

  constructor(
    code: ConfigFailureCode,
    found: { readonly file: string; readonly problems: readonly Problem[] },
    options?: ErrorOptions,
  ) {
    super(
      `${configFailures[code].meaning}\n${formatProblems(found.problems, found.file)}`,
      options,
    );
    this.code = code;
    this.file = found.file;
    this.problems = found.problems;
  }
}

/** Calm, aligned text for a terminal; in the order of the lines. */
export function formatProblems(problems: readonly Problem[], file: string): string {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  const places = problems.map((problem) =>
    problem.line === undefined ? '' : `line ${problem.line}`,
  );
  const width = Math.max(0, ...places.map((place) => place.length));
  const indent = ' '.repeat(width + 4);
  const parts = problems.map((problem, index) => {
    const value = problem.value === undefined ? '' : ` = ${problem.value}`;
    return [
      `  ${(places[index] ?? '').padEnd(width)}  ${printable(problem.key)}${printable(value)}`,
      `${indent}${printable(problem.problem)}.`,
      `${indent}${printable(problem.remedy)}`,
    ].join('\n');
  });
  return `${file}: ${count}\n\n${parts.join('\n\n')}\n`;
}

/** In the order of the file; what has no line comes last. */
export function inFileOrder(problems: readonly Problem[]): readonly Problem[] {
  return problems.toSorted((one, other) => (one.line ?? Infinity) - (other.line ?? Infinity) || 0);
}

/** The file may hold anything; the terminal must not obey it. */
function printable(text: string): string {
  return text.replaceAll(
    /[\x00-\x1f\x7f-\x9f]/g,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}
