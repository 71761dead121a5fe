// A few colours for people; none in a pipe, none where NO_COLOR is set (no-color.org), none on a dumb terminal.
import type { Surroundings } from '../surroundings.ts';

export interface Colours {
  good(text: string): string;
  warning(text: string): string;
  bad(text: string): string;
  quiet(text: string): string;
  strong(text: string): string;
}

const plain: Colours = {
  good: (text) => text,
  warning: (text) => text,
  bad: (text) => text,
  quiet: (text) => text,
  strong: (text) => text,
};

const painted: Colours = {
  good: (text) => `\u001b[32m${text}\u001b[39m`,
  warning: (text) => `\u001b[33m${text}\u001b[39m`,
  bad: (text) => `\u001b[31m${text}\u001b[39m`,
  quiet: (text) => `\u001b[2m${text}\u001b[22m`,
  strong: (text) => `\u001b[1m${text}\u001b[22m`,
};

export function coloursFor({
  stdout,
  environment,
}: Pick<Surroundings, 'stdout' | 'environment'>): Colours {
  const isUnwanted = (environment['NO_COLOR'] ?? '') !== '' || environment['TERM'] === 'dumb';
  return stdout.isTty && !isUnwanted ? painted : plain;
}
