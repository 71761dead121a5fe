// Where a command says things: text for people, or one JSON value for scripts, never both on standard output.
import type { Surroundings } from '../surroundings.ts';
import { coloursFor } from './colours.ts';
import type { Colours } from './colours.ts';
import { renderTable } from './table.ts';
import type { TableOptions } from './table.ts';

export interface Screen {
  readonly colours: Colours;
  readonly isTty: boolean;
  readonly isJson: boolean;
  /** A line for people; silent with --json. */
  say(line?: string): void;
  /** Text as it is, for people and pipes alike. */
  raw(text: string): void;
  table(options: Omit<TableOptions, 'width'>): void;
  /** The result for scripts; silent without --json. */
  json(value: unknown): void;
  /** A line on standard error, also with --json. */
  warn(line: string): void;
}

export function createScreen(surroundings: Surroundings, isJson: () => boolean): Screen {
  const { stdout, stderr } = surroundings;
  return {
    colours: coloursFor(surroundings),
    isTty: stdout.isTty,
    get isJson() {
      return isJson();
    },
    say: (line = '') => {
      if (!isJson()) stdout.write(`${line}\n`);
    },
    raw: (text) => stdout.write(text),
    table: (options) => {
      if (!isJson()) stdout.write(renderTable({ ...options, width: stdout.columns }));
    },
    json: (value) => {
      if (isJson()) stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
    },
    warn: (line) => stderr.write(`${line}\n`),
  };
}
