// One client's conversation: where it stands, what it enabled, who it is, what it selected.
//
//   not-authenticated ──LOGIN, AUTHENTICATE──▶ authenticated ──SELECT, EXAMINE──▶ selected
//                     ◀──UNAUTHENTICATE──────                ◀──CLOSE, UNSELECT──
//   logout: the last line is said (LOGOUT, BYE); nothing is read any more
//
// It knows no socket: what only the connection can do is behind SessionWire.
import type { Mailbox } from '@restante/mailbox-store';
import type { Responder } from '../wire/responder.ts';
import { bad } from '../wire/refusal.ts';
import type { SelectedFolder } from './selected-folder.ts';
import type { ServerContext } from './server-context.ts';

export type SessionState = 'not-authenticated' | 'authenticated' | 'selected' | 'logout';

/** What a client switched on, by ENABLE (RFC 5161) or by using it (CONDSTORE, RFC 7162 §3.1). */
export type Enabled = 'CONDSTORE' | 'QRESYNC' | 'UTF8=ACCEPT' | 'IMAP4REV2';

/** What commands ask of the connection. */
export interface SessionWire {
  readonly remoteAddress: string;
  readonly isTls: boolean;
  /** TLS, or from this machine: secrets may be said. */
  readonly isPrivate: boolean;
  /** RFC 9266 channel binding, when TLS gives one. */
  readonly tlsExporter: Buffer | undefined;
  readonly isCompressed: boolean;
  /** The next line without its end, one character a byte; undefined when the client is gone. Longer than `bytesMax` ends the session. */
  readLine(bytesMax: number): Promise<string | undefined>;
  /** After the tagged OK was said: forgets all input and shakes hands (RFC 3501 §6.2.1). */
  startTls(): Promise<void>;
  /** After the tagged OK was said: DEFLATE both ways (RFC 4978). */
  startCompression(): void;
  /** What was gathered leaves now; for what is said outside of a command's end. */
  flush(): void;
  /** The last line was said, or nobody is there to hear one. */
  readonly isOver: boolean;
  /** RFC 3501 §7.1.5: BYE, and that was it. */
  bye(text: string): void;
  /** No more is read; the connection ends when everything is said. */
  end(): void;
}

export class Session {
  readonly server: ServerContext;
  readonly wire: SessionWire;
  readonly out: Responder;
  readonly enabled = new Set<Enabled>();
  /** Address of the account, once in. */
  account: string | undefined;
  mailbox: Mailbox | undefined;
  view: SelectedFolder | undefined;
  /** Of the command that runs; ESEARCH repeats it (RFC 4466 §2.6.2). Set by the command border. */
  tag = '';
  /** Updates are told as they come (RFC 2177). */
  isIdling = false;
  /** Logins that failed on this connection. */
  failedLogins = 0;
  /** Runs after the tagged line left (STARTTLS, COMPRESS, LOGOUT). */
  afterwards: (() => Promise<void> | void) | undefined;
  #isOver = false;

  constructor(server: ServerContext, wire: SessionWire, out: Responder) {
    this.server = server;
    this.wire = wire;
    this.out = out;
  }

  get state(): SessionState {
    if (this.#isOver) return 'logout';
    if (this.mailbox === undefined) return 'not-authenticated';
    return this.view === undefined ? 'authenticated' : 'selected';
  }

  /** Names and strings may be UTF-8 (RFC 6855 §3, RFC 9051 §5.1). */
  get isUtf8(): boolean {
    return this.enabled.has('UTF8=ACCEPT') || this.enabled.has('IMAP4REV2');
  }

  get isRev2(): boolean {
    return this.enabled.has('IMAP4REV2');
  }

  /** MODSEQ is told with flags. */
  get isCondstore(): boolean {
    return this.enabled.has('CONDSTORE') || this.enabled.has('QRESYNC');
  }

  get isQresync(): boolean {
    return this.enabled.has('QRESYNC');
  }

  /** For commands that are only allowed after login. */
  get ownMailbox(): Mailbox {
    if (this.mailbox === undefined) throw bad('Please log in first.');
    return this.mailbox;
  }

  /** For commands that are only allowed with a folder selected. */
  get selected(): SelectedFolder {
    if (this.view === undefined) throw bad('Please select a mailbox first.');
    return this.view;
  }

  /** The last line of the conversation is being said. */
  finish(): void {
    this.#isOver = true;
  }

  /** Deselects, without a word. */
  async closeView(): Promise<void> {
    const { view } = this;
    this.view = undefined;
    await view?.[Symbol.asyncDispose]();
  }
}
