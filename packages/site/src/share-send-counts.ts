// How much our people have sent at the other sites, and who was stopped there: asked every half minute, so that a stolen password cannot
// be used up twice.
import type { SendTally, Suspensions } from '@restante/submission';
import type { Homes } from './build-deliverers.ts';
import type { SiteView } from './cluster-config.ts';
import { openPeerClient } from './peer-client.ts';
import type { SitePki } from './pki/read-site-pki.ts';

export interface SharingParts {
  readonly view: SiteView;
  readonly pki: SitePki;
  readonly homes: Pick<Homes, 'resolver'>;
  readonly tally: SendTally;
  /** Mail of whom another site stopped is held here, too. */
  readonly suspensions: Suspensions;
}

const everyMs = 30_000;

/** A peer that is away is asked again; until then its last word counts. */
export function shareSendCounts({
  view,
  pki,
  homes,
  tally,
  suspensions,
}: SharingParts): AsyncDisposable {
  const peers = view.peers.map((peer) => ({
    name: peer.name,
    client: openPeerClient({ pki, resolver: homes.resolver }, peer),
  }));
  const ask = async ({ name, client }: (typeof peers)[number]): Promise<void> => {
    try {
      await tally.noteCounts(name, await client.sent());
      await suspensions.follow(name, await client.stopped());
    } catch {
      // Away: health says so elsewhere, and nobody is kept from sending by it.
    }
  };
  const timer = setInterval(() => void Promise.all(peers.map(ask)), everyMs).unref();
  return {
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer);
      await Promise.all(peers.map(async ({ client }) => client[Symbol.asyncDispose]()));
    },
  };
}
