// The files of one folder that several of us work on: its UID list, what is known of its directories, and their syncs.
//
// Delivery and open folders share one, so that both see the same numbers, and neither takes the other for a stranger.
import { join } from 'node:path';
import { type Clock, syncDirectory } from '@restante/runtime';
import { MailboxStoreError } from '../errors.ts';
import { DirectoryClock, type Part } from './directory-clock.ts';
import { GroupCommit } from './group-commit.ts';
import { nextUidValidity } from './next-uid-validity.ts';
import { listNames } from './scan.ts';
import { UidList } from './uid-list.ts';

export interface FolderFilesOptions {
  /** Of the mailbox. */
  readonly root: string;
  readonly dir: string;
  readonly clock: Clock;
  readonly onDamage: (problem: string) => void;
}

export class FolderFiles {
  readonly dir: string;
  readonly uids: UidList;
  readonly directories: DirectoryClock;
  readonly #syncs: Readonly<Record<Part, GroupCommit<undefined, undefined>>>;

  constructor({ root, dir, clock, onDamage }: FolderFilesOptions) {
    this.dir = dir;
    this.directories = new DirectoryClock(dir, clock);
    this.uids = new UidList({
      dir,
      clock,
      onDamage,
      nextUidValidity: (atLeast) => nextUidValidity(root, atLeast),
      namesOnDisk: async () =>
        (await Promise.all([listNames(dir, 'new'), listNames(dir, 'cur')])).flat(),
    });
    const syncOf = (part: Part) =>
      new GroupCommit<undefined, undefined>(async (requests) => {
        await syncDirectory(join(dir, part));
        return requests;
      });
    this.#syncs = { new: syncOf('new'), cur: syncOf('cur') };
  }

  /** Names in these directories survive a power cut afterwards; callers at the same time share a sync. */
  async sync(...parts: readonly Part[]): Promise<void> {
    try {
      await Promise.all(parts.map((part) => this.#syncs[part].request(undefined)));
    } catch (cause) {
      throw new MailboxStoreError('MAILBOX_NOT_DURABLE', { about: this.dir, cause });
    }
  }
}
