// The lock of a POP3 session on its mailbox (RFC 1939 §3): one session at a time, in all processes of all our nodes.
//
// A file beside the inbox, linked into place and touched now and then, so that one whose owner died becomes stale. IMAP and
// deliveries do not care: POP3 works on the messages it saw at its beginning.
import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '@restante/runtime';
import { breakIfStale, tryLock, unlock } from '../maildir/dotlock.ts';

const touchEveryMs = 30_000;

export function lockMailbox(root: string, clock: Clock): AsyncDisposable | undefined {
  const path = join(root, 'restante-pop3.lock');
  if (!tryLock(path) && !(breakIfStale(path, clock.now()) && tryLock(path))) return undefined;
  const touching = setInterval(() => {
    const now = clock.now() / 1000;
    // Taken away with the mailbox: nothing is left to be locked.
    void utimes(path, now, now).catch(() => undefined);
  }, touchEveryMs).unref();
  let isHeld = true;
  return {
    [Symbol.asyncDispose]: async () => {
      if (!isHeld) return;
      isHeld = false;
      clearInterval(touching);
      unlock(path);
    },
  };
}
