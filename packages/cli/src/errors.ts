// How a command can fail by itself. Failures of the site, the spool or the cluster file keep their own classes.
export const cliFailures = {
  WRONG_USE: { retry: false, meaning: 'The command was not used as it is meant.' },
  FOUND_A_PROBLEM: { retry: false, meaning: 'Something is not as it should be.' },
  NOBODY_ANSWERS: { retry: true, meaning: 'No site answers.' },
} as const;

export type CliFailureCode = keyof typeof cliFailures;

export class CliError extends Error {
  override readonly name = 'CliError';
  readonly code: CliFailureCode;

  /** The sentence tells the person what to do. */
  constructor(
    code: CliFailureCode,
    sentence: string = cliFailures[code].meaning,
    options?: ErrorOptions,
  ) {
    super(sentence, options);
    this.code = code;
  }
}
