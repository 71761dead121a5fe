// Dialogues that read like the RFC: an edge on a loopback port with a host that keeps notes, and a peer that says and expects.
import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { domainOf, type Envelope, type RestanteEvent, smtpReply } from '@restante/mail-model';
import { systemClock } from '@restante/runtime';
import { createEdge } from '../../src/server/create-edge.ts';
import type { Edge, EdgeLimits, EdgeOptions } from '../../src/server/edge.ts';
import type { EdgeHost, EdgeSession, MailCommand } from '../../src/server/edge-host.ts';

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

export interface TakenMessage {
  readonly envelope: Envelope;
  readonly mail: MailCommand;
  readonly body: string;
  readonly protocol: string;
  readonly peer: string | undefined;
}

/** Takes mail for home.example.test, and remembers everything. */
export class NotingHost implements EdgeHost {
  readonly taken: TakenMessage[] = [];
  readonly aborted: string[] = [];
  readonly closedIds: string[] = [];
  readonly seen: string[] = [];
  readonly lost: string[] = [];
  /** Replaces one or several answers. */
  readonly overrides: Partial<EdgeHost>;
  /** Waited for before a message is committed. */
  gate: Promise<void> | undefined;

  constructor(overrides: Partial<EdgeHost> = {}) {
    this.overrides = overrides;
  }

  judgeConnection: EdgeHost['judgeConnection'] = async (session) =>
    this.overrides.judgeConnection?.(session);

  closed(session: EdgeSession): void {
    this.closedIds.push(session.id);
  }

  judgeSender: EdgeHost['judgeSender'] = async (session, mail) =>
    this.overrides.judgeSender?.(session, mail);

  judgeRecipient: EdgeHost['judgeRecipient'] = async (session, asked) => {
    if (this.overrides.judgeRecipient) return this.overrides.judgeRecipient(session, asked);
    const isOurs = /^(home|mx)\.example\.test$/.test(domainOf(asked.recipient.address));
    return isOurs ? undefined : smtpReply(550, '5.7.1', 'Relaying denied');
  };

  beginMessage: EdgeHost['beginMessage'] = async (session, { mail, envelope }) => {
    if (this.overrides.beginMessage) {
      return this.overrides.beginMessage(session, { mail, envelope });
    }
    const chunks: Buffer[] = [];
    const { protocol } = session;
    const subject = `message ${this.taken.length}`;
    return {
      write: (chunk) => {
        chunks.push(chunk);
      },
      commit: async () => {
        await this.gate;
        const body = Buffer.concat(chunks).toString('latin1');
        this.taken.push({ envelope, mail, body, protocol, peer: session.peer?.site });
        return {
          reply: smtpReply(250, '2.0.0', 'Taken'),
          onReplySeen: () => this.seen.push(subject),
          onReplyLost: () => this.lost.push(subject),
        };
      },
      abort: async (why) => {
        this.aborted.push(why);
      },
    };
  };

  startDrain: EdgeHost['startDrain'] = async (session, domain) =>
    this.overrides.startDrain?.(session, domain) ??
    smtpReply(251, '2.0.0', `Nothing for ${domain}`);
}

export interface TestEdge extends AsyncDisposable {
  readonly edge: Edge;
  readonly host: NotingHost;
  readonly events: RestanteEvent[];
  connect(): Promise<Peer>;
}

export interface TestEdgeOptions {
  readonly limits?: Partial<EdgeLimits>;
  readonly host?: NotingHost;
  readonly tls?: EdgeOptions['tls'];
}

export async function startEdge(options: TestEdgeOptions = {}): Promise<TestEdge> {
  const host = options.host ?? new NotingHost();
  const events: RestanteEvent[] = [];
  const edge = await createEdge({
    name: 'smtp',
    hostname: 'mx.example.test',
    listen: { host: '127.0.0.1', port: 0 },
    limits: { ...defaultLimits, ...options.limits },
    host,
    onEvent: (event) => events.push(event),
    clock: systemClock,
    ...(options.tls === undefined ? {} : { tls: options.tls }),
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

/** One client on one connection. A "*" in an expectation stands for anything. */
export class Peer {
  #socket: Socket;
  #text = '';
  #isClosed = false;
  #wake: () => void = () => undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.#listen(socket);
  }

  static async connect(port: number): Promise<Peer> {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    return new Peer(socket);
  }

  /** The next reply, all its lines, looks like this. */
  async expects(pattern: string): Promise<string> {
    const reply = await this.reply();
    const expected = pattern.split('*').map(escape).join('[^]*');
    assert.match(reply, new RegExp(`^${expected}$`), `expected ${pattern}, got ${reply}`);
    return reply;
  }

  async says(line: string, pattern: string): Promise<string> {
    this.sends(`${line}\r\n`);
    return this.expects(pattern);
  }

  sends(bytes: string | Buffer): void {
    this.#socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'utf8') : bytes);
  }

  /** Past the greeting and EHLO. */
  async greets(): Promise<string> {
    await this.expects('220 *');
    return this.says('EHLO client.example.test', '250*');
  }

  /** One whole message with this body, dots as they are; ends in the reply. */
  async delivers(body: string, pattern: string): Promise<string> {
    await this.says('MAIL FROM:<from@far.example.test>', '250 2.1.0 *');
    await this.says('RCPT TO:<ana@home.example.test>', '250 2.1.5 *');
    await this.says('DATA', '354 *');
    this.sends(`${body}\r\n.\r\n`);
    return this.expects(pattern);
  }

  async reply(): Promise<string> {
    const found = await this.#until(() =>
      /^(?:\d{3}-[^\n]*\n)*\d{3}(?: [^\n]*)?\r\n/.exec(this.#text),
    );
    assert.ok(found, `the connection was closed; left: ${JSON.stringify(this.#text)}`);
    this.#text = this.#text.slice(found[0].length);
    return found[0].trimEnd().replaceAll('\r\n', '\n');
  }

  /** The other side closes, saying nothing more. */
  async isHungUpOn(): Promise<void> {
    await this.#until(() => (this.#isClosed ? true : undefined));
    assert.equal(this.#text, '', 'something was said that nobody expected');
    assert.ok(this.#isClosed, 'the connection is still open');
  }

  /** Nothing unread came so far. */
  get hasSilence(): boolean {
    return this.#text === '';
  }

  async startsTls(options: ConnectionOptions = {}): Promise<TLSSocket> {
    await this.says('STARTTLS', '220 2.0.0 *');
    return this.handshakes(options);
  }

  async handshakes(options: ConnectionOptions = {}): Promise<TLSSocket> {
    this.#socket.removeAllListeners();
    const socket = connectTls({ socket: this.#socket, rejectUnauthorized: false, ...options });
    await new Promise<void>((resolve, reject) => {
      socket.once('secureConnect', resolve);
      socket.once('error', reject);
      socket.once('close', () => reject(new Error('closed in the handshake')));
    });
    socket.removeAllListeners('error');
    this.#socket = socket;
    this.#listen(socket);
    return socket;
  }

  /** Closes our side only; replies still come. */
  finishes(): void {
    this.#socket.end();
  }

  hangUp(): void {
    this.#socket.destroy();
  }

  #listen(socket: Socket): void {
    socket.on('data', (chunk: Buffer) => {
      this.#text += chunk.toString('utf8');
      this.#wake();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#isClosed = true;
      this.#wake();
    });
  }

  async #until<T>(look: () => T | undefined | null): Promise<T | undefined> {
    const deadline = performance.now() + waitMaxMs;
    for (;;) {
      const found = look();
      if (found) return found;
      if (this.#isClosed) return undefined;
      const leftMs = deadline - performance.now();
      assert.ok(leftMs > 0, `nothing came; so far: ${JSON.stringify(this.#text)}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftMs);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }
}

/** Waits until it is true, with a deadline. */
export async function eventually(isTrue: () => boolean, what: string): Promise<void> {
  const deadline = performance.now() + waitMaxMs;
  while (!isTrue()) {
    assert.ok(performance.now() < deadline, `never came true: ${what}`);
    await systemClock.sleep(5);
  }
}

function escape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
