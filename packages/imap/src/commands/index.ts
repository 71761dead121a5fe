// The table of commands; one file each. The file name is the command's.
import type { Command } from './command.ts';
import { append } from './append.ts';
import { authenticate } from './authenticate.ts';
import { capability } from './capability.ts';
import { check } from './check.ts';
import { close } from './close.ts';
import { compress } from './compress.ts';
import { copy } from './copy.ts';
import { create } from './create.ts';
import { remove } from './delete.ts';
import { enable } from './enable.ts';
import { examine } from './examine.ts';
import { expunge } from './expunge.ts';
import { fetch } from './fetch.ts';
import { getquota } from './getquota.ts';
import { getquotaroot } from './getquotaroot.ts';
import { id } from './id.ts';
import { idle } from './idle.ts';
import { list } from './list.ts';
import { login } from './login.ts';
import { logout } from './logout.ts';
import { lsub } from './lsub.ts';
import { move } from './move.ts';
import { namespace } from './namespace.ts';
import { noop } from './noop.ts';
import { rename } from './rename.ts';
import { search } from './search.ts';
import { select } from './select.ts';
import { sort } from './sort.ts';
import { starttls } from './starttls.ts';
import { status } from './status.ts';
import { store } from './store.ts';
import { subscribe } from './subscribe.ts';
import { thread } from './thread.ts';
import { uidCopy } from './uid-copy.ts';
import { uidExpunge } from './uid-expunge.ts';
import { uidFetch } from './uid-fetch.ts';
import { uidMove } from './uid-move.ts';
import { uidSearch } from './uid-search.ts';
import { uidSort } from './uid-sort.ts';
import { uidStore } from './uid-store.ts';
import { uidThread } from './uid-thread.ts';
import { unauthenticate } from './unauthenticate.ts';
import { unselect } from './unselect.ts';
import { unsubscribe } from './unsubscribe.ts';

/** Session and folders. */
const ofSession: readonly Command[] = [
  append,
  authenticate,
  capability,
  check,
  close,
  compress,
  copy,
  create,
  remove,
  enable,
  examine,
  expunge,
  getquota,
  getquotaroot,
  id,
  idle,
  list,
  login,
  logout,
  lsub,
  move,
  namespace,
  noop,
  rename,
  select,
  starttls,
  status,
  subscribe,
  uidCopy,
  uidExpunge,
  uidMove,
  unauthenticate,
  unselect,
  unsubscribe,
];

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
