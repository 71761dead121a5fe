// Mail of a suspended account that waits already: it is held, so that an outbreak ends with the suspension, and let go again with it.
//
// Promises
// - A hold is durable, says why in the queue, and is told from a hold that a person set: only ours are lifted.
// - The spool is the truth; a timetable that is away costs nothing (a due job of a held message ends without an attempt).
// - Looking through a large spool yields to everything else.
import type { EventSink } from '@restante/mail-model';
import type { RelayParts } from '@restante/relay';
import type { SpoolEntry } from '@restante/spool';

export interface WaitingMail {
  /** Answers how many messages it held. */
  hold(account: string): Promise<number>;
  /** Answers how many it let go. */
  release(account: string): Promise<number>;
}

export interface WaitingMailParts {
  readonly spool: Pick<RelayParts['spool'], 'list' | 'read' | 'hold' | 'unhold'>;
  readonly queue: Pick<RelayParts['queue'], 'remove'>;
  readonly timetable: Pick<RelayParts['timetable'], 'add'>;
  readonly onEvent: EventSink;
}

/** What the hold of a message says; the queue shows it. */
export function holdReason(account: string): string {
  return `its sender ${account} is suspended: "restante account show ${account}" says why; it goes out when he is resumed`;
}

const beforeOthersGet = 200;

export function createWaitingMail(parts: WaitingMailParts): WaitingMail {
  const { spool, queue, timetable, onEvent } = parts;

  const each = async (
    account: string,
    { isHeld }: { readonly isHeld: boolean },
    touch: (entry: SpoolEntry) => Promise<void>,
  ): Promise<number> => {
    let [looked, touched] = [0, 0];
    for (const entry of spool.list()) {
      const { id, held, hasPending } = entry;
      if (held !== isHeld || !hasPending) continue;
      looked += 1;
      if (looked % beforeOthersGet === 0) await new Promise((resolve) => setImmediate(resolve));
      // Gone, or damaged and reported by the spool itself: nothing to hold.
      const message = await spool.read(id).catch(() => undefined);
      if (message?.origin.account?.toLowerCase() !== account.toLowerCase()) continue;
      if (isHeld && message.held !== holdReason(account)) continue;
      await touch(entry);
      touched += 1;
    }
    return touched;
  };

  return {
    hold: async (account) =>
      each(account, { isHeld: false }, async ({ id, routes }) => {
        const reason = holdReason(account);
        await spool.hold(id, reason);
        onEvent({ name: 'message.held', id, reason });
        for (const route of routes) await queue.remove(id, route).catch(() => false);
      }),
    release: async (account) =>
      each(account, { isHeld: true }, async ({ id, routes }) => {
        await spool.unhold(id);
        onEvent({ name: 'message.released', id });
        for (const route of routes) timetable.add({ id, route, delayMs: 0 });
      }),
  };
}
