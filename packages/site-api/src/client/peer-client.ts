// Another site of the cluster, over mutual TLS. Who it is is decided by its certificate, never by its address: the
// handshake fails unless the certificate is the cluster CA's and names the site we meant to call.
import type { LookupFunction } from 'node:net';
import { isIP } from 'node:net';
import type { PeerCertificate } from 'node:tls';
import { Agent } from 'undici';
import { z } from 'zod';
import { peerLoadSchema, sentSchema, timelineSchema } from '../schemas.ts';
import type { PeerOperations, SentCount, TimelineStep } from '../site-operations.ts';
import type { StoppedRow } from '../sending-operations.ts';
import { stoppedSchema } from '../sending-schemas.ts';
import { ask, askFor, shaped } from './ask.ts';
import type { Wire } from './ask.ts';
import { judgementsOver, type JudgementClient } from './judgement-client.ts';

export type PeerLoadAnswer = Awaited<ReturnType<PeerOperations['health']>>;

export interface PeerClient extends AsyncDisposable {
  health(): Promise<PeerLoadAnswer>;
  /**
   * The peer's whole list; `current` when what we have is the newest, `none` when the peer has no list. The snapshot is
   * JSON of any shape: its reader judges it.
   */
  recipients(since?: {
    readonly epoch: string;
    readonly version: number;
  }): Promise<RecipientsAnswer>;
  trace(message: string): Promise<readonly TimelineStep[]>;
  /** What its people have sent within the last day. */
  sent(): Promise<readonly SentCount[]>;
  /** Who of its people may not send. */
  stopped(): Promise<readonly StoppedRow[]>;
  /** What it knows of strangers. */
  readonly judgements: JudgementClient;
}

export type RecipientsAnswer =
  | { readonly kind: 'snapshot'; readonly snapshot: unknown }
  | { readonly kind: 'current' }
  | { readonly kind: 'none' };

export interface PeerClientOptions {
  /** For example https://mx.us.example:8443 */
  readonly baseUrl: string;
  /** PEM texts, and the common name the peer's certificate must have. */
  readonly tls: {
    readonly ca: string;
    readonly cert: string;
    readonly key: string;
    readonly peerName: string;
  };
  /** Our own door to DNS; absent: the system's. */
  readonly resolve?: (host: string) => Promise<readonly string[]>;
  readonly timeoutMs?: number;
}

// A list of a million recipients is about 40 MB of JSON.
const answerMaxBytes = 128 * 1024 * 1024;
const anything = z.record(z.string(), z.unknown());

export function createPeerClient({
  baseUrl,
  tls,
  resolve,
  timeoutMs = 10_000,
}: PeerClientOptions): PeerClient {
  const dispatcher = new Agent({
    allowH2: false,
    connections: 2,
    connect: {
      timeout: 5_000,
      ca: tls.ca,
      cert: tls.cert,
      key: tls.key,
      minVersion: 'TLSv1.3',
      servername: isIP(tls.peerName) === 0 ? tls.peerName : '',
      checkServerIdentity: (_host, certificate) => mustBe(tls.peerName, certificate),
      ...(resolve ? { lookup: lookupWith(resolve) } : {}),
    },
  });
  const wire: Wire = {
    baseUrl,
    dispatcher,
    answerMaxBytes,
    timeoutMs,
    headers: { 'accept-encoding': 'gzip' },
  };

  return {
    health: async () => askFor(wire, { method: 'GET', path: '/v1/health' }, peerLoadSchema),
    recipients: async (since) => {
      const answer = await ask(wire, {
        method: 'GET',
        path: '/v1/recipients',
        query: { ...since },
        alsoFine: [304],
      });
      if (answer.status === 304) return { kind: 'current' };
      if (answer.status === 204) return { kind: 'none' };
      return { kind: 'snapshot', snapshot: shaped(answer, anything) };
    },
    trace: async (message) =>
      askFor(
        wire,
        { method: 'GET', path: `/v1/trace/${encodeURIComponent(message)}` },
        timelineSchema,
      ),
    stopped: async () => askFor(wire, { method: 'GET', path: '/v1/stopped' }, stoppedSchema),
    sent: async () => askFor(wire, { method: 'GET', path: '/v1/sent' }, sentSchema),
    judgements: judgementsOver(wire),
    [Symbol.asyncDispose]: async () => dispatcher.close(),
  };
}

function mustBe(peerName: string, certificate: PeerCertificate): Error | undefined {
  if (certificate.subject.CN === peerName) return undefined;
  return new Error(
    `The certificate names ${JSON.stringify(certificate.subject.CN)}, not ${JSON.stringify(peerName)}.`,
  );
}

/** node:net asks for one address or for all of them, depending on `all`. */
function lookupWith(resolve: (host: string) => Promise<readonly string[]>): LookupFunction {
  return (host, options, callback) => {
    resolve(host).then(
      (addresses) => {
        const found = addresses.map((address) => ({ address, family: isIP(address) }));
        const [first] = found;
        if (first === undefined)
          callback(
            Object.assign(new Error(`No address for ${host}.`), { code: 'ENOTFOUND' }),
            '',
            0,
          );
        else if (options.all === true) callback(null, found);
        else callback(null, first.address, first.family);
      },
      (cause: unknown) =>
        callback(cause instanceof Error ? cause : new Error(String(cause)), '', 0),
    );
  };
}
