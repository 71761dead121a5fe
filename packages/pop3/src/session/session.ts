// What a command sees of the session it runs in (RFC 1939 §3).
//
//   authorization   who are you? CAPA, STLS, USER, PASS, AUTH, QUIT
//   transaction     the maildrop is open and locked
//   update          QUIT has come: what was marked goes
import type { Credentials, SaslContext } from '@restante/sasl';
import type { Pop3ServerOptions } from '../pop3-server.ts';
import type { Maildrop } from './maildrop.ts';

export type Pop3State = 'authorization' | 'transaction' | 'update';

/** What a session needs of its connection. */
export interface SessionWire {
  readonly remoteAddress: string;
  readonly isTls: boolean;
  readonly tlsExporter: Buffer | undefined;
  /** More has come behind the line in hand. */
  readonly hasMore: boolean;
  /** CRLF is added. Leaves with what else is said at this moment. */
  say(line: string): void;
  /** Resolves when the client takes it; rejects when it is gone. */
  send(bytes: Buffer): Promise<void>;
  /** The next line; undefined when there is none or it was too long (then it was answered). */
  readLine(): Promise<string | undefined>;
  startTls(): Promise<void>;
  /** Closes behind what was said. */
  end(): void;
}

export class Session {
  readonly server: Pop3ServerOptions;
  readonly wire: SessionWire;
  state: Pop3State = 'authorization';
  /** Of USER. */
  user: string | undefined;
  account: string | undefined;
  maildrop: Maildrop | undefined;
  refusedLogins = 0;
  badCommands = 0;

  constructor(server: Pop3ServerOptions, wire: SessionWire) {
    this.server = server;
    this.wire = wire;
  }

  ok(text: string): void {
    this.wire.say(`+OK ${text}`);
  }

  /** With a response code (RFC 2449 §8, RFC 3206) where a program may act upon it. */
  no(text: string, code?: ResponseCode): void {
    this.wire.say(code === undefined ? `-ERR ${text}` : `-ERR [${code}] ${text}`);
  }

  /** The client did not speak POP3; too much of it ends the session. */
  complain(text: string): void {
    this.no(text);
    this.badCommands += 1;
    if (this.badCommands >= this.server.limits.badCommandsMax) this.wire.end();
  }

  /** RFC 2595 §2.1, threat 5: nobody on the way can read along. */
  get isPrivate(): boolean {
    if (this.wire.isTls) return true;
    const { clearTextLogins } = this.server.limits;
    return clearTextLogins === 'loopback' && isLoopback(this.wire.remoteAddress);
  }

  get credentials(): Credentials {
    const { remoteAddress: address } = this.wire;
    const origin = { protocol: 'pop3', address, isPrivate: this.isPrivate } as const;
    return this.server.logins.credentialsFor(origin);
  }

  get saslContext(): SaslContext {
    const { tlsExporter } = this.wire;
    const { credentials } = this;
    return tlsExporter === undefined ? { credentials } : { credentials, tlsExporter };
  }
}

export type ResponseCode = 'IN-USE' | 'AUTH' | 'SYS/TEMP' | 'SYS/PERM';

function isLoopback(address: string): boolean {
  return address === '::1' || /^(?:::ffff:)?127\./.test(address);
}
