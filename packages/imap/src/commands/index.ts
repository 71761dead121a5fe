// The table of commands; one file each. The file name is the command's.
import type { Command } from './command.ts';

/** Session and folders. */
const ofSession: readonly Command[] = [];

/** FETCH, STORE, SEARCH, SORT, THREAD and their UID forms. */
const ofMessages: readonly Command[] = [];

export const commands: ReadonlyMap<string, Command> = new Map(
  [...ofSession, ...ofMessages].map((command) => [command.name, command]),
);
