// The one place where a failure becomes an exit code and the words on standard error.
//   0 fine · 1 found a problem · 2 wrong use · 3 unreachable
import { SiteApiError } from '@restante/site-api';
import type { SiteApiFailureCode } from '@restante/site-api';
import { CommanderError } from 'commander';
import { CliError } from './errors.ts';
import type { CliFailureCode } from './errors.ts';
import { printable } from './output/printable.ts';

export type ExitCode = 0 | 1 | 2 | 3;

export interface Ending {
  readonly exitCode: ExitCode;
  /** Absent when everything has been said already. */
  readonly sentence?: string;
}

const ownFailures: Readonly<Record<CliFailureCode, ExitCode>> = {
  WRONG_USE: 2,
  FOUND_A_PROBLEM: 1,
  NOBODY_ANSWERS: 3,
};

const siteFailures: Readonly<Record<SiteApiFailureCode, ExitCode>> = {
  SITE_UNREACHABLE: 3,
  NOT_AUTHORIZED: 3,
  BAD_ANSWER: 3,
  NOT_NOW: 3,
  BAD_REQUEST: 2,
  TOO_LARGE: 2,
  NOT_FOUND: 1,
  ALREADY_THERE: 1,
  NOT_POSSIBLE: 1,
  NO_ACCOUNTS_HERE: 1,
  SITE_FAILED: 1,
};

export function toExitCode(failure: unknown): Ending {
  // commander has printed its own words (help, version, or what was wrong) before it throws.
  if (failure instanceof CommanderError) return { exitCode: failure.exitCode === 0 ? 0 : 2 };
  if (failure instanceof CliError)
    return { exitCode: ownFailures[failure.code], sentence: failure.message };
  if (failure instanceof SiteApiError) {
    return { exitCode: siteFailures[failure.code], sentence: printable(failure.message) };
  }
  const code = failure instanceof Error && 'code' in failure ? failure.code : undefined;
  if (code === 'CLUSTER_FILE_UNREADABLE') return { exitCode: 2, sentence: messageOf(failure) };
  return { exitCode: 1, sentence: messageOf(failure) };
}

function messageOf(failure: unknown): string {
  if (!(failure instanceof Error)) return String(failure);
  const cause = failure.cause instanceof Error ? `\n  because: ${failure.cause.message}` : '';
  return `${failure.message}${cause}`;
}
