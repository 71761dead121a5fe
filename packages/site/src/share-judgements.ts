// What operators wrote down and who is blocked for guessing addresses holds at all sites: told within a second of a change, and asked
// for every half minute and at start, so that a site that was away catches up.
import type { SharedJudgementOperations } from '@restante/site-api';
import type { Homes } from './build-deliverers.ts';
import type { SiteView } from './cluster-config.ts';
import {
  createJudgementExchange,
  sharedBlocks,
  takeIn,
  type JudgementExchange,
  type JudgementPeer,
  type KnownHere,
} from './judgement-exchange.ts';
import { openPeerClient } from './peer-client.ts';
import type { SitePki } from './pki/read-site-pki.ts';

export interface JudgementSharing extends AsyncDisposable {
  /** For the peers' door: PeerOperations.judgements. */
  readonly operations: SharedJudgementOperations;
  /** A harvest block began here (onBlock of the guard): the others hear of it now. */
  tellSoon(): void;
}

export interface SharingParts extends KnownHere {
  readonly peers: readonly JudgementPeer[];
  /** A peer cannot be told or asked (with the cause), or can again (without). */
  readonly onPeer?: (site: string, cause: unknown) => void;
  /** After a change; what comes within it goes in one request. */
  readonly tellAfterMs?: number;
  readonly everyMs?: number;
}

interface Exchange {
  readonly site: string;
  readonly exchange: JudgementExchange;
  isFine: boolean;
  wish: 'tell' | 'ask and tell' | undefined;
  work: Promise<void> | undefined;
}

export function shareJudgements({
  peers,
  onPeer,
  tellAfterMs = 100,
  everyMs = 30_000,
  ...here
}: SharingParts): JudgementSharing {
  const { lists, guard, clock } = here;
  const exchanges = peers.map((peer): Exchange => ({
    site: peer.name,
    exchange: createJudgementExchange(peer, here),
    isFine: true,
    wish: undefined,
    work: undefined,
  }));
  let isClosed = false;
  let soon: NodeJS.Timeout | undefined;

  const attempt = async (each: Exchange, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
      if (!each.isFine) onPeer?.(each.site, undefined);
      each.isFine = true;
    } catch (cause) {
      // Away: it is asked and told again, and what was said until now holds.
      if (each.isFine) onPeer?.(each.site, cause);
      each.isFine = false;
    }
  };
  // One after the other, so that two tellings never overtake each other; a peer that is away holds up only its own, and what is wished
  // meanwhile is wished once.
  const workFor = async (each: Exchange): Promise<void> => {
    while (each.wish !== undefined && !isClosed) {
      const asks = each.wish === 'ask and tell';
      each.wish = undefined;
      await attempt(each, async () => {
        if (asks) await each.exchange.pull();
        await each.exchange.push();
      });
    }
    each.work = undefined;
  };
  const enqueue = (wish: NonNullable<Exchange['wish']>): void => {
    for (const each of exchanges) {
      if (each.wish !== 'ask and tell') each.wish = wish;
      each.work ??= workFor(each);
    }
  };
  const tellSoon = (): void => {
    soon ??= setTimeout(() => {
      soon = undefined;
      enqueue('tell');
    }, tellAfterMs).unref();
  };
  const askAndTell = (): void => enqueue('ask and tell');
  const listening = lists.onChange(tellSoon);
  const timer = setInterval(askAndTell, everyMs).unref();
  askAndTell();

  return {
    tellSoon,
    operations: {
      since: async (cursor) => {
        const { entries, cursor: next, hasMore } = lists.changes(cursor);
        // All of them with every last page: they are few, and end by themselves.
        return { entries, cursor: next, hasMore, blocks: hasMore ? [] : sharedBlocks(here) };
      },
      note: async (site, told) => {
        exchanges.find((each) => each.site === site)?.exchange.heard(told);
        return { news: await takeIn(site, told, { lists, guard, clock }) };
      },
    },
    [Symbol.asyncDispose]: async () => {
      isClosed = true;
      listening[Symbol.dispose]();
      clearInterval(timer);
      clearTimeout(soon);
      await Promise.all(exchanges.map(async ({ work }) => work));
    },
  };
}

/** Clients for all other sites; close them after the sharing. */
export function judgementPeers({
  view,
  pki,
  homes,
}: {
  readonly view: SiteView;
  readonly pki: SitePki;
  readonly homes: Pick<Homes, 'resolver'>;
}): readonly (JudgementPeer & AsyncDisposable)[] {
  return view.peers.map((peer) => {
    const client = openPeerClient({ pki, resolver: homes.resolver }, peer);
    return {
      name: peer.name,
      judgements: client.judgements,
      [Symbol.asyncDispose]: async () => client[Symbol.asyncDispose](),
    };
  });
}
