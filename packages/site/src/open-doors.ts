// The HTTP doors of a site: one for its operators (loopback, token), one for the other sites (mTLS).
import type { Metrics } from '@restante/metrics';
import type { Logger } from '@restante/runtime';
import {
  createOperatorServer,
  createPeerServer,
  ensureOperatorToken,
  type PeerOperations,
  type SiteOperations,
} from '@restante/site-api';
import type { SiteView } from './cluster-config.ts';
import { explainFailure } from './explain-failure.ts';
import type { SitePki } from './pki/read-site-pki.ts';
import { splitEndpoint } from './split-endpoint.ts';

export interface DoorParts {
  readonly view: SiteView;
  readonly pki: SitePki;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly isAccepting: () => boolean;
  readonly operations: SiteOperations;
  readonly peerOperations: PeerOperations;
  readonly stack: AsyncDisposableStack;
}

export interface DoorPorts {
  readonly http: number;
  readonly peerApi: number;
}

export async function openDoors(parts: DoorParts): Promise<DoorPorts> {
  const { view, pki, logger, metrics, stack } = parts;
  const token = await ensureOperatorToken(view.site.dir);
  const peers = await createPeerServer({
    listen: view.site.listen.peerApi,
    tls: pki,
    peerOf: (name) => view.peers.find((peer) => peer.name === name)?.name,
    operations: parts.peerOperations,
    logger,
    explain: explainFailure,
  });
  stack.use(peers);
  const operators = await createOperatorServer({
    listen: view.site.listen.http,
    token,
    site: view.site.name,
    operations: parts.operations,
    metrics: { render: async () => (await metrics.render()).body },
    isReady: () =>
      parts.isAccepting()
        ? { ready: true, why: [] }
        : {
            ready: false,
            why: ['The disk is nearly full: new mail is asked to come later (452).'],
          },
    logger,
    explain: explainFailure,
  });
  stack.use(operators);
  return {
    http: splitEndpoint(operators.address).port,
    peerApi: splitEndpoint(peers.address).port,
  };
}
