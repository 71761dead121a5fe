// The listener: smtp-server's SMTPServer (socket, TLS contexts) with sessions of our kind, and limits on how many.
//
// Order of the answers to a new client: too many sessions (421 4.3.2), too many of its address (421 4.7.0), then the host.
import type { AddressInfo, Socket } from 'node:net';
import { once } from 'node:events';
import { withinDeadline } from '@restante/runtime';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { AddressCount } from './address-count.ts';
import { overdue, sweepIntervalMs } from './deadlines.ts';
import type { EdgeContext } from './dialogue.ts';
import type { EdgeOptions, EdgeTls } from './edge.ts';
import { EdgeConnection } from './edge-connection.ts';
import { readIntoOneBuffer } from './one-read-buffer.ts';
import { replies } from './replies.ts';

// RFC 5321 §4.5.3.1.8.
const recipientsMin = 100;
// How long a running commit may still take after the deadline of stop().
const farewellMs = 2_000;
// Sessions beyond the limit that may still be told so; what comes above is dropped by the operating system's hand.
const refusalsAtOnceMax = 100;

export class EdgeServer extends SMTPServer {
  readonly sessions = new Set<EdgeConnection>();
  readonly #context: EdgeContext;
  readonly #perAddress = new AddressCount();
  readonly #stopped = new AbortController();
  readonly #allGone = Promise.withResolvers<void>();
  #isStopping = false;
  #tls: EdgeTls | undefined;

  constructor(options: EdgeOptions) {
    super({
      ...serverOptions(options.tls, { isForPeople: options.requiresAuth === true }),
      name: options.hostname,
      logger: false,
      disableReverseLookup: true,
      authOptional: true,
      disabledCommands: ['AUTH'],
      socketTimeout: options.limits.idleTimeoutMs,
      // A client may close its side behind its last command and still wants the replies.
      allowHalfOpen: true,
      noDelay: true,
      // The library's word for TLS from the first byte on a socket that is handed over in clear text.
      needsUpgrade: options.isTlsFromStart === true,
    });
    const { name, hostname, limits, host, onEvent, clock } = options;
    this.#tls = options.tls;
    if (options.isTlsFromStart === true && options.tls === undefined) {
      throw new Error(`The listener ${name} speaks TLS from the start and needs a certificate.`);
    }
    this.#context = {
      name,
      hostname,
      limits,
      recipientsMax: Math.max(recipientsMin, limits.recipientsMax),
      host,
      onEvent,
      clock,
      offersAuth: options.offersAuth !== false && host.credentialsFor !== undefined,
      requiresAuth: options.requiresAuth === true,
      clearTextLogins: options.clearTextLogins ?? 'never',
      hasTls: () => this.#tls !== undefined,
    };
    this.server.maxConnections = limits.connectionsMax + refusalsAtOnceMax;
  }

  /** Resolves with the port once clients can connect. */
  async start(listen: EdgeOptions['listen']): Promise<number> {
    const failed = Promise.withResolvers<never>();
    this.once('error', failed.reject);
    this.listen(listen.port, listen.host);
    await Promise.race([once(this.server, 'listening'), failed.promise]);
    this.off('error', failed.reject);
    // What goes wrong with the listener later (EMFILE ...) must not take the process; the limits keep it from happening.
    this.on('error', (cause: unknown) => {
      this.#context.onEvent({ name: 'message.not-accepted', reason: 'listener', cause });
    });
    void this.#sweep();
    return (this.server.address() as AddressInfo).port;
  }

  setTls(tls: EdgeTls): void {
    this.#tls = tls;
    this.updateSecureContext(serverOptions(tls, { isForPeople: this.#context.requiresAuth }));
  }

  override connect(accepted: Socket): void {
    // Its end has been told already, nobody would hear of it again.
    if (accepted.destroyed) return;
    const isTlsFromStart = this.options.needsUpgrade === true;
    const socket = isTlsFromStart
      ? accepted
      : readIntoOneBuffer(accepted, (chunk) => connection.take(chunk));
    const connection: EdgeConnection = new EdgeConnection(this, socket, {
      context: this.#context,
      isTlsFromStart,
      tls: () => this.#tls,
      onPeer: (peer) => this.#perAddress.remove(peer.remoteAddress),
      onGone: (gone) => this.#onGone(gone),
    });
    connection.refusal = this.#admit(connection);
    connection.init();
  }

  /** No new sessions; those in a transaction may end it until the deadline, all others get 421 at once. */
  async stop(deadlineMs: number): Promise<void> {
    const isClosed = Promise.all([once(this.server, 'close'), this.#allGone.promise]);
    this.server.close();
    this.#isStopping = true;
    if (this.sessions.size === 0) this.#allGone.resolve();
    for (const session of this.sessions) session.beginStop();
    if (!(await withinDeadline(isClosed, deadlineMs))) {
      for (const session of this.sessions) session.endNow();
      // A commit that runs is waited for, and its reply is said: anything else makes the client send again.
      if (!(await withinDeadline(isClosed, farewellMs))) {
        for (const session of this.sessions) session.destroy();
        await isClosed;
      }
    }
    this.#stopped.abort();
  }

  #admit(connection: EdgeConnection): EdgeConnection['refusal'] {
    const { connectionsMax, connectionsPerAddressMax } = this.#context.limits;
    this.sessions.add(connection);
    const ofAddress = this.#perAddress.add(connection.remoteAddress);
    if (this.#isStopping) return { reply: replies.stopping, reason: 'stopping' };
    if (this.sessions.size > connectionsMax) {
      return { reply: replies.tooManySessions, reason: 'too-many-sessions' };
    }
    if (ofAddress > connectionsPerAddressMax) {
      return { reply: replies.tooManyOfAddress, reason: 'too-many-sessions-of-address' };
    }
    return undefined;
  }

  #onGone(connection: EdgeConnection): void {
    this.sessions.delete(connection);
    // A peer was taken out of the count when it was recognised.
    if (connection.facts.peer === undefined) this.#perAddress.remove(connection.remoteAddress);
    if (this.#isStopping && this.sessions.size === 0) this.#allGone.resolve();
  }

  async #sweep(): Promise<void> {
    const { clock, limits } = this.#context;
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      try {
        await clock.sleep(sweepIntervalMs(limits), signal);
      } catch {
        // Only stop() ends the sleep early, and then there is nothing left to watch.
        return;
      }
      const nowMs = clock.monotonicMs();
      for (const session of this.sessions) {
        const reply = overdue(session.times, limits, nowMs);
        if (reply !== undefined) session.expire(reply);
      }
    }
  }
}

function serverOptions(
  tls: EdgeTls | undefined,
  { isForPeople }: { readonly isForPeople: boolean },
): SMTPServerOptions {
  if (tls === undefined) return { hideSTARTTLS: true };
  const { key, cert, clusterCa, floor } = tls;
  return {
    key,
    cert,
    minVersion: 'TLSv1.2',
    ...floor,
    // A certificate is asked for, never demanded: a stranger's own one is no reason to refuse him.
    requestCert: clusterCa !== undefined && !isForPeople,
    rejectUnauthorized: false,
    ...(clusterCa === undefined ? {} : { ca: clusterCa }),
  };
}
