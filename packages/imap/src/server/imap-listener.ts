// The listening socket and everybody on it: who is let in, who waited too long, whose folder is looked at, and the end.
//
// Promise: one timer for all of them, however many are idling.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import type { Folder } from '@restante/mailbox-store';
import { withinDeadline } from '@restante/runtime';
import type { ImapServerOptions } from '../imap-server.ts';
import { accountClosed, isStillIn } from '../session/is-still-in.ts';
import type { ServerContext } from '../session/server-context.ts';
import { AddressCount } from './client-address.ts';
import { watchIntervalMs } from './deadlines.ts';
import { ImapConnection } from './imap-connection.ts';

// Clients beyond the limit that may still be told so; what comes above is dropped by the operating system's hand.
const refusalsAtOnceMax = 100;

export class ImapListener {
  readonly connections = new Set<ImapConnection>();
  readonly #options: ImapServerOptions;
  readonly #context: ServerContext;
  readonly #server: Server;
  readonly #perAddress = new AddressCount();
  readonly #stopped = new AbortController();
  readonly #allGone = Promise.withResolvers<void>();
  #isStopping = false;
  #refreshedMs = 0;

  constructor(options: ImapServerOptions) {
    const { name, hostname, clock, limits, logins, onEvent, onFailure, tls, scratchDir } = options;
    assert(tls !== undefined || options.isImplicitTls !== true, 'TLS needs a certificate');
    this.#options = options;
    this.#context = {
      name,
      hostname,
      clock,
      limits,
      logins,
      onEvent,
      onFailure: onFailure ?? (() => undefined),
      mailboxes: (address) => options.mailboxes(address),
      hasTls: tls !== undefined,
      scratchDir: scratchDir ?? tmpdir(),
      isStopping: () => this.#isStopping,
    };
    // A client may close its side behind its last command and still wants the answers.
    this.#server = createServer({ allowHalfOpen: true }, (socket) => this.#admit(socket));
    this.#server.maxConnections = limits.connectionsMax + refusalsAtOnceMax;
  }

  /** Resolves with the port once clients can connect. */
  async start(listen: ImapServerOptions['listen']): Promise<number> {
    this.#server.listen(listen.port, listen.host);
    await once(this.#server, 'listening');
    // What goes wrong with the listener later (EMFILE ...) must not take the process; the limits keep it from happening.
    this.#server.on('error', (cause) => {
      this.#context.onFailure({ command: '', account: undefined, cause });
    });
    void this.#watch();
    return (this.#server.address() as AddressInfo).port;
  }

  async stop(deadlineMs: number): Promise<void> {
    const isClosed = once(this.#server, 'close');
    this.#isStopping = true;
    this.#server.close();
    if (this.connections.size === 0) this.#allGone.resolve();
    for (const connection of this.connections) connection.endUnlessBusy('The server is stopping.');
    if (!(await withinDeadline(this.#allGone.promise, deadlineMs))) {
      for (const connection of this.connections) connection.destroy();
      await this.#allGone.promise;
    }
    await isClosed;
    this.#stopped.abort();
  }

  #admit(socket: Socket): void {
    // Gone already: nobody would hear of it again.
    if (socket.destroyed || socket.remoteAddress === undefined) {
      socket.destroy();
      return;
    }
    const { clock, onEvent, name: listener } = this.#context;
    const openedMs = clock.monotonicMs();
    const connection = new ImapConnection(socket, {
      context: this.#context,
      tls: this.#options.tls,
      isImplicitTls: this.#options.isImplicitTls === true,
      onGone: (gone) => {
        this.#onGone(gone);
        if (reason !== undefined) return;
        const durationMs = clock.monotonicMs() - openedMs;
        onEvent({ name: 'session.closed', listener, clientAddress, durationMs });
      },
    });
    const { remoteAddress: clientAddress } = connection;
    this.connections.add(connection);
    const reason = this.#refusal(this.#perAddress.add(clientAddress));
    if (reason === undefined) onEvent({ name: 'session.opened', listener, clientAddress });
    else onEvent({ name: 'session.refused', listener, clientAddress, reason });
    void connection.live(reason === undefined ? undefined : sentences[reason]);
  }

  #refusal(ofAddress: number): keyof typeof sentences | undefined {
    const { connectionsMax, connectionsPerAddressMax } = this.#context.limits;
    if (this.#isStopping) return 'stopping';
    if (this.connections.size > connectionsMax) return 'too-many-sessions';
    if (ofAddress > connectionsPerAddressMax) return 'too-many-sessions-of-address';
    return undefined;
  }

  #onGone(connection: ImapConnection): void {
    this.connections.delete(connection);
    this.#perAddress.remove(connection.remoteAddress);
    if (this.#isStopping && this.connections.size === 0) this.#allGone.resolve();
  }

  async #watch(): Promise<void> {
    const { clock, limits } = this.#context;
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      try {
        await clock.sleep(Math.min(watchIntervalMs(limits), limits.refreshMs), signal);
      } catch {
        // Only stop() ends the sleep early, and then there is nothing left to watch.
        return;
      }
      const nowMs = clock.monotonicMs();
      for (const connection of this.connections) connection.watch(nowMs);
      if (nowMs - this.#refreshedMs < limits.refreshMs) continue;
      await this.#endClosedAccounts();
      await this.#refreshIdleFolders();
    }
  }

  /** Who only listens would never hear that the account is gone. */
  async #endClosedAccounts(): Promise<void> {
    for (const connection of this.connections) {
      if (!(await isStillIn(connection.session))) connection.endUnlessBusy(accountClosed);
    }
  }

  /** Looks for mail that other programs brought into folders somebody is idling on; each folder once. */
  async #refreshIdleFolders(): Promise<void> {
    const folders = new Set<Folder>();
    for (const { session } of this.connections) {
      if (session.isIdling && session.view !== undefined) folders.add(session.view.folder);
    }
    for (const folder of folders) {
      try {
        await folder.refresh();
      } catch (cause) {
        this.#context.onFailure({ command: 'IDLE', account: undefined, cause });
      }
    }
    this.#refreshedMs = this.#context.clock.monotonicMs();
  }
}

const sentences = {
  stopping: 'The server is stopping.',
  'too-many-sessions': '[LIMIT] Too many connections; try again later.',
  'too-many-sessions-of-address': '[LIMIT] Too many connections from your address.',
} as const;
