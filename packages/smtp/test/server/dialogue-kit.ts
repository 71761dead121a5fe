// Dialogues that read like the RFC: an edge on a loopback port with a host that keeps notes, and peers that say and expect.
import assert from 'node:assert/strict';
import type { RestanteEvent } from '@restante/mail-model';
import { systemClock } from '@restante/runtime';
import { createEdge } from '../../src/server/create-edge.ts';
import type { Edge, EdgeLimits, EdgeOptions } from '../../src/server/edge.ts';
import { NotingHost } from './noting-host.ts';
import { Peer } from './peer.ts';

const waitMaxMs = 5_000;

export const defaultLimits: EdgeLimits = {
  messageMaxBytes: 1_000_000,
  headerMaxBytes: 65_536,
  lineMaxBytes: 8_192,
  recipientsMax: 100,
  connectionsMax: 100,
  connectionsPerAddressMax: 50,
  idleTimeoutMs: 60_000,
  sessionMaxMs: 600_000,
  dataMaxMs: 60_000,
  badCommandsMax: 10,
};

export interface TestEdge extends AsyncDisposable {
  readonly edge: Edge;
  readonly host: NotingHost;
  readonly events: RestanteEvent[];
  connect(): Promise<Peer>;
}

export interface TestEdgeOptions extends Partial<
  Pick<EdgeOptions, 'isTlsFromStart' | 'offersAuth' | 'requiresAuth' | 'clearTextLogins'>
> {
  readonly limits?: Partial<EdgeLimits>;
  readonly host?: NotingHost;
  readonly tls?: NonNullable<EdgeOptions['tls']>;
}

export async function startEdge(options: TestEdgeOptions = {}): Promise<TestEdge> {
  const { limits, host = new NotingHost(), ...more } = options;
  const events: RestanteEvent[] = [];
  const edge = await createEdge({
    name: 'smtp',
    hostname: 'mx.example.test',
    listen: { host: '127.0.0.1', port: 0 },
    limits: { ...defaultLimits, ...limits },
    host,
    onEvent: (event) => events.push(event),
    clock: systemClock,
    ...more,
  });
  const peers: Peer[] = [];
  return {
    edge,
    host,
    events,
    async connect() {
      const peer = await Peer.connect(edge.port);
      peers.push(peer);
      return peer;
    },
    async [Symbol.asyncDispose]() {
      for (const peer of peers) peer.hangUp();
      await edge.stop(0);
    },
  };
}

/** Waits until it is true, with a deadline. */
export async function eventually(isTrue: () => boolean, what: string): Promise<void> {
  const deadline = performance.now() + waitMaxMs;
  while (!isTrue()) {
    assert.ok(performance.now() < deadline, `never came true: ${what}`);
    await systemClock.sleep(5);
  }
}
