// The table of commands; one file each. The file name is the command's.
import type { Command } from './command.ts';
import { fetch } from './fetch.ts';
import { search } from './search.ts';
import { sort } from './sort.ts';
import { store } from './store.ts';
import { thread } from './thread.ts';
import { uidFetch } from './uid-fetch.ts';
import { uidSearch } from './uid-search.ts';
import { uidSort } from './uid-sort.ts';
import { uidStore } from './uid-store.ts';
import { uidThread } from './uid-thread.ts';

/** Session and folders. */
const ofSession: readonly Command[] = [];

/** FETCH, STORE, SEARCH, SORT, THREAD and their UID forms. */
const ofMessages: readonly Command[] = [
  fetch,
  uidFetch,
  store,
  uidStore,
  search,
  uidSearch,
  sort,
  uidSort,
  thread,
  uidThread,
];

export const commands: ReadonlyMap<string, Command> = new Map(
  [...ofSession, ...ofMessages].map((command) => [command.name, command]),
);
