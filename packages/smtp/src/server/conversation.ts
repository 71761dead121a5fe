// The conversation of one session: lines come in, verbs run, replies go out. Knows no socket; edge-connection.ts does.
//
// Promises
// - Replies leave in the order of the commands, those of one pipelined group in one write (RFC 2920 §3.2), and at the end of
//   the turn of the event loop: a client on the same machine is woken once for all its sessions, not once for each.
// - A client that does not read its replies is not read from either, so it holds no memory.
// - Whatever a verb or the host throws becomes one 451 (law 7); the conversation goes on.
import { type SmtpReply, smtpReply } from '@restante/mail-model';
import type { CommandLine } from './command-line.ts';
import type { Dialogue, EdgeContext } from './dialogue.ts';
import type { MessageAnswer } from './edge-host.ts';
import { formatWireReply } from './format-wire-reply.ts';
import { authLineMaxBytes, mayLogIn } from './login-rules.ts';
import type { OctetReader } from './octet-reader.ts';
import { replies } from './replies.ts';
import { ReplyWatch } from './reply-watch.ts';
import { sayAtEndOfTurn } from './end-of-turn.ts';
import type { SessionFacts } from './session-facts.ts';
import { toSmtpReply } from './to-smtp-reply.ts';
import type { Transaction } from './transaction.ts';
import { isHttp, readCommand } from './verbs.ts';
import type { WireOwner, WireParser } from './wire-parser.ts';

/** What the conversation needs of its connection. */
export interface SessionWire {
  readonly parser: WireParser | undefined;
  /** Nothing more can be said. */
  readonly isOver: boolean;
  /** False: it could not be written. */
  write(text: string, encoding: 'latin1' | 'utf8'): boolean;
  /** A promise while the client does not read what was written. */
  whenDrained(): Promise<void> | undefined;
  /** Closes after what was written. */
  close(): void;
  startTls(): void;
  /** Says it and closes; counted under this reason. */
  refuseSession(reply: SmtpReply, reason: string): void;
}

const brokenLineReplies = {
  'too-long': replies.commandTooLong,
  'line-end': replies.commandLineEnd,
  'not-text': replies.commandNotText,
} as const;

/** More than this is not kept for the end of the turn: whether the client reads it shall be known before it says more. */
const laterMaxChars = 16_384;

export class Conversation implements Dialogue, WireOwner {
  readonly context: EdgeContext;
  readonly facts: SessionFacts;
  transaction: Transaction | undefined;
  /** Greeted: bytes may come. */
  isOpen = false;
  /** After the transaction in hand, 421. */
  isStopping = false;
  isHostBusy = false;
  /** Since when the next command is awaited; monotonic. */
  waitingSinceMs: number;
  readonly watch = new ReplyWatch();
  readonly #wire: SessionWire;
  #out = '';
  /** Of what is to be said: plain text is the cheaper one. */
  #encoding: 'latin1' | 'utf8' = 'latin1';
  #isUnsaid = false;
  #badCommands = 0;
  #takeLine: ((line: string) => void | Promise<void>) | undefined;

  constructor(wire: SessionWire, context: EdgeContext, facts: SessionFacts) {
    this.#wire = wire;
    this.context = context;
    this.facts = facts;
    this.waitingSinceMs = context.clock.monotonicMs();
  }

  // What the parser tells us.

  onBytes(): boolean {
    if (this.isOpen) return true;
    // RFC 5321 §4.3.1: nothing that came before the greeting is executed.
    this.#wire.refuseSession(replies.earlyTalker, 'early-talker');
    return false;
  }

  onLine(line: CommandLine): Promise<void> | void {
    const { parser } = this.#wire;
    if (parser === undefined) return;
    this.waitingSinceMs = this.context.clock.monotonicMs();
    if (!this.watch.isIdle) this.watch.commandAfter(parser.bytesBeforeCommand);
    const take = this.#takeLine;
    this.#takeLine = undefined;
    if (line.kind === 'broken') {
      // RFC 4954 §4: the exchange ends with it.
      const isAuthTooLong = take !== undefined && line.problem === 'too-long';
      return this.complain(isAuthTooLong ? replies.authTooLong : brokenLineReplies[line.problem]);
    }
    if (take !== undefined) return this.whileHostWorks('AUTH', () => take(line.text));

    const { verb, argument } = readCommand(line.text);
    if (verb === undefined) {
      return this.complain(isHttp(line.text) ? replies.tooManyBadCommands : replies.unknownCommand);
    }
    if (verb.verb !== 'QUIT') {
      if (this.isStopping && this.transaction === undefined) return this.reply(replies.stopping);
      // RFC 2920 §3.1: without EHLO nothing is pipelined, and some verbs always end their group.
      if (parser.hasMore && (verb.endsGroup || !this.facts.isExtended)) {
        return this.#wire.refuseSession(replies.badPipelining, 'improper-pipelining');
      }
    }
    if (verb.needsHello && this.facts.helo === '') return this.complain(replies.helloFirst);
    return this.whileHostWorks(verb.verb, () => verb.run(this, argument));
  }

  onOctetsEnd(reader: OctetReader): Promise<void> | void {
    return this.whileHostWorks('end-of-data', () => reader.end());
  }

  onIdle(): Promise<void> | undefined {
    if (this.#out.length > laterMaxChars) this.flush();
    return this.#wire.whenDrained();
  }

  onEnd(): void {
    this.close();
  }

  onBug(failure: unknown): void {
    this.reply(asClosing(toSmtpReply(this.context.onEvent, 'session', failure)));
  }

  // What the verbs ask for.

  reply(reply: SmtpReply): void {
    if (this.#wire.isOver) return;
    if (this.facts.isUtf8) this.#encoding = 'utf8';
    this.#out += formatWireReply(reply, { mayUseUtf8: this.facts.isUtf8 });
    if (!this.#isUnsaid) {
      this.#isUnsaid = true;
      sayAtEndOfTurn(this);
    }
    if (reply.code === 421) this.close();
  }

  complain(reply: SmtpReply): void {
    this.#badCommands += 1;
    const isTooMuch = this.#badCommands >= this.context.limits.badCommandsMax;
    this.reply(isTooMuch ? replies.tooManyBadCommands : reply);
  }

  replyFinally(answer: MessageAnswer): void {
    if (this.#wire.isOver) return answer.onReplyLost?.();
    this.#badCommands = 0;
    this.watch.add(answer);
    this.reply(answer.reply);
    if (this.isStopping) this.reply(replies.stopping);
  }

  greet(helo: string, { isExtended }: { readonly isExtended: boolean }): void {
    this.reset('greeted again');
    this.facts.helo = helo;
    this.facts.isExtended = isExtended;
    const { parser } = this.#wire;
    if (parser !== undefined && isExtended && mayLogIn(this.context, this.facts)) {
      parser.lines.maxBytes = Math.max(parser.lines.maxBytes, authLineMaxBytes);
    }
  }

  begin(transaction: Transaction): void {
    this.transaction = transaction;
  }

  reset(why: string): void {
    this.transaction?.intake?.abandon(why);
    this.transaction = undefined;
    this.facts.isUtf8 = false;
  }

  expectLine(take: (line: string) => void | Promise<void>): void {
    this.#takeLine = take;
  }

  readOctets(reader: OctetReader): void {
    this.#wire.parser?.readOctets(reader);
  }

  startTls(): void {
    this.flush();
    this.#wire.startTls();
  }

  close(): void {
    this.flush();
    this.#wire.close();
  }

  // What the connection asks for.

  flush(): void {
    if (this.#out === '') return;
    const text = this.#out;
    this.#out = '';
    const { parser } = this.#wire;
    const isWritten = this.#wire.write(text, this.#encoding);
    this.#encoding = 'latin1';
    if (isWritten && !this.watch.isIdle && parser !== undefined) {
      this.watch.written(parser.arrivedBytes);
    }
  }

  /** The end of the turn has come. */
  say(): void {
    this.#isUnsaid = false;
    this.flush();
  }

  /** The session is over. */
  end(): void {
    this.#out = '';
    this.reset('client gone');
    this.watch.close();
  }

  whileHostWorks(phase: string, work: () => void | Promise<void>): Promise<void> | void {
    try {
      const running = work();
      if (running instanceof Promise) return this.#untilDone(phase, running);
    } catch (failure) {
      this.reply(toSmtpReply(this.context.onEvent, phase, failure));
    }
  }

  async #untilDone(phase: string, running: Promise<void>): Promise<void> {
    this.isHostBusy = true;
    try {
      await running;
    } catch (failure) {
      this.reply(toSmtpReply(this.context.onEvent, phase, failure));
    } finally {
      this.isHostBusy = false;
      this.waitingSinceMs = this.context.clock.monotonicMs();
    }
  }
}

/** Some replies only make sense as the last one of a session. */
export function asClosing(reply: SmtpReply): SmtpReply {
  const enhanced = reply.enhanced.startsWith('4') ? reply.enhanced : '4.3.0';
  return reply.code === 421 ? reply : smtpReply(421, enhanced, reply.text);
}
