// Where expunged messages go: to the folder of recoverable ones, or nowhere when there is no grace period.
//
// The new name says from where (the folder's GUID) and when, so nothing else has to remember it.
import { renameSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { syncDirectory } from '@restante/runtime';
import { MailboxStoreError } from '../errors.ts';
import type { Discarder } from '../folder/folder-context.ts';
import type { OpenFolder } from '../folder/open-folder.ts';
import type { StoredMessage } from '../folder/stored-message.ts';
import { copyNameOf, sizeInName } from '../maildir/file-name.ts';
import { messagePath } from '../maildir/message-path.ts';

/** For good: no grace, or they are in the recoverable ones already. */
export function dropping(folder: OpenFolder): Discarder {
  return {
    file: (message) => unlinkSync(messagePath(folder.dir, message.path)),
    sync: async () => undefined,
  };
}

/** `keepDir` is the recoverable folder, which exists. */
export function keeping(folder: OpenFolder, keepDir: string): Discarder {
  const { clock, hostname } = folder.context;
  const deletedFrom = folder.memory.guid.slice(0, 16);
  const { letters } = folder.memory.places;
  return {
    file: (message: StoredMessage) => {
      const name = copyNameOf(message.baseName, {
        receivedAtMs: clock.now(),
        hostname,
        sizeBytes: sizeInName(message.baseName) ?? message.sizeBytes,
        virtualSizeBytes: message.sizeBytes,
        deletedFrom,
      });
      // Only system flags: keywords have other letters there. Without \Deleted, or the next EXPUNGE in there would take them.
      const flags = message.flags.filter((flag) => flag.startsWith('\\') && flag !== '\\Deleted');
      renameSync(
        messagePath(folder.dir, message.path),
        messagePath(keepDir, `cur/${name}${letters.suffixFor(flags)}`),
      );
    },
    sync: async () => {
      try {
        await syncDirectory(join(keepDir, 'cur'));
      } catch (cause) {
        throw new MailboxStoreError('MAILBOX_NOT_DURABLE', { about: keepDir, cause });
      }
    },
  };
}
