// The log of a process: one JSON object a line on standard error, for a person through a pipe as for a collector.
//
// Never logs secrets: values of the type Secret print as [secret], and no caller passes message bodies.
import { destination, pino, stdTimeFunctions } from 'pino';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Fields first, sentence second, so that every line is searchable by its fields. */
export type LogLine = (fields: Readonly<Record<string, unknown>>, sentence: string) => void;

export interface Logger {
  readonly debug: LogLine;
  readonly info: LogLine;
  readonly warn: LogLine;
  readonly error: LogLine;
  /** A logger that adds these fields to every line. */
  with(fields: Readonly<Record<string, unknown>>): Logger;
}

export interface LoggerOptions {
  readonly level: LogLevel;
  /** Where lines go: a file descriptor or a path. */
  readonly to?: number | string;
}

export function createLogger({ level, to = 2 }: LoggerOptions): Logger {
  const options = {
    level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return wrap(pino(options, destination({ dest: to, sync: true, mkdir: true })));
}

/** Says nothing; for tools and tests that watch events instead. */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  with: () => silentLogger,
};

function wrap(logger: ReturnType<typeof pino>): Logger {
  return {
    debug: (fields, sentence) => logger.debug(printable(fields), sentence),
    info: (fields, sentence) => logger.info(printable(fields), sentence),
    warn: (fields, sentence) => logger.warn(printable(fields), sentence),
    error: (fields, sentence) => logger.error(printable(fields), sentence),
    with: (fields) => wrap(logger.child(printable(fields))),
  };
}

/** Errors do not survive JSON by themselves; the log hears everything, causes too. */
function printable(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const entries = Object.entries(fields).map(([key, value]) => [
    key,
    value instanceof Error ? describeError(value) : value,
  ]);
  return Object.fromEntries(entries) as Record<string, unknown>;
}

/** "SpoolError SPOOL_FULL: ... <- Error ENOSPC: ..." with the stack of the innermost. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? ` ${error.code}` : '';
  const cause = error.cause === undefined ? '' : ` <- ${describeError(error.cause)}`;
  return `${error.name}${code}: ${error.message}${cause}`;
}
