// Mail of a suspended account that waits already: it is held, so that an outbreak ends with the suspension, and let go again with it.
//
// Promises
// - A hold is durable, says why in the queue, and is told from a hold that a person set: only ours are lifted.
// - The spool is the truth; a timetable that is away costs nothing (a due job of a held message ends without an attempt).
// - Looking through a large spool yields to everything else.
import type { EventSink } from '@restante/mail-model';
import type { RelayParts } from '@restante/relay';
import type { SpooledMessage, SpoolEntry } from '@restante/spool';

export interface WaitingMail {
  /** Answers how many messages it held. */
  hold(account: string): Promise<number>;
  /** Answers how many it let go. */
  release(account: string): Promise<number>;
  /**
   * One look at everything whose sender logged in at that site: what is of a stopped account is held, what was held for one that
   * is not any more goes. For starts, and for what another site says; waits until the spool is read.
   */
  agree(site: string, stopped: ReadonlySet<string>): Promise<void>;
}

export interface WaitingMailParts {
  readonly spool: Pick<RelayParts['spool'], 'list' | 'read' | 'hold' | 'unhold' | 'loaded'>;
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

  const holdOne = async ({ id, routes }: SpoolEntry, account: string) => {
    const reason = holdReason(account);
    await spool.hold(id, reason);
    onEvent({ name: 'message.held', id, reason });
    for (const route of routes) await queue.remove(id, route).catch(() => false);
  };
  const releaseOne = async ({ id, routes }: SpoolEntry) => {
    await spool.unhold(id);
    onEvent({ name: 'message.released', id });
    for (const route of routes) timetable.add({ id, route, delayMs: 0 });
  };
  /** Messages of people, with what waits of them. */
  async function* submitted(
    wanted: (entry: SpoolEntry) => boolean,
  ): AsyncGenerator<{ entry: SpoolEntry; message: SpooledMessage; account: string }> {
    let looked = 0;
    for (const entry of spool.list()) {
      if (!entry.hasPending || !wanted(entry)) continue;
      looked += 1;
      if (looked % beforeOthersGet === 0) await new Promise((resolve) => setImmediate(resolve));
      // Gone, or damaged and reported by the spool itself: nothing to hold.
      const message = await spool.read(entry.id).catch(() => undefined);
      const account = message?.origin.account;
      if (message !== undefined && account !== undefined) yield { entry, message, account };
    }
  }

  return {
    async hold(account) {
      let count = 0;
      for await (const found of submitted(({ held }) => !held)) {
        if (found.account !== account) continue;
        await holdOne(found.entry, account);
        count += 1;
      }
      return count;
    },
    async release(account) {
      let count = 0;
      for await (const found of submitted(({ held }) => held)) {
        if (found.message.held !== holdReason(account)) continue;
        await releaseOne(found.entry);
        count += 1;
      }
      return count;
    },
    async agree(site, stopped) {
      await spool.loaded;
      // With nobody stopped, only what is held may be of interest: that is little.
      for await (const found of submitted(({ held }) => held || stopped.size > 0)) {
        const { entry, message, account } = found;
        if (message.origin.site !== site) continue;
        if (stopped.has(account) && !entry.held) await holdOne(entry, account);
        if (!stopped.has(account) && message.held === holdReason(account)) await releaseOne(entry);
      }
    },
  };
}
