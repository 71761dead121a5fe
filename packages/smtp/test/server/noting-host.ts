// A host that takes mail for home.example.test and remembers everything.
import { domainOf, type Envelope, smtpReply } from '@restante/mail-model';
import type {
  EdgeHost,
  EdgeSession,
  MailCommand,
  MessageSink,
} from '../../src/server/edge-host.ts';

export interface TakenMessage {
  readonly envelope: Envelope;
  readonly mail: MailCommand;
  readonly body: string;
  readonly protocol: string;
  readonly peer: string | undefined;
  readonly account: string | undefined;
}

export class NotingHost implements EdgeHost {
  readonly taken: TakenMessage[] = [];
  readonly aborted: string[] = [];
  readonly closedIds: string[] = [];
  readonly seen: string[] = [];
  readonly lost: string[] = [];
  /** How many commits have begun. */
  committing = 0;
  /** Replaces one or several answers. */
  readonly overrides: Partial<EdgeHost>;
  /** Present: people may log in. */
  credentialsFor?: NonNullable<EdgeHost['credentialsFor']>;
  /** Waited for before a message is committed. */
  gate: Promise<void> | undefined;

  /** True: every answer is a promise. Else they are there at once, as nearly all of a site's are. */
  readonly #answersLater: boolean;

  constructor(overrides: Partial<EdgeHost> = {}, { answersLater = false } = {}) {
    this.overrides = overrides;
    this.#answersLater = answersLater;
    if (overrides.credentialsFor) this.credentialsFor = overrides.credentialsFor;
  }

  judgeConnection: EdgeHost['judgeConnection'] = (session) =>
    this.#soon(this.overrides.judgeConnection?.(session));

  greetsAtOnce(session: EdgeSession): boolean {
    return this.overrides.greetsAtOnce?.(session) === true;
  }

  closed(session: EdgeSession): void {
    this.closedIds.push(session.id);
  }

  judgeSender: EdgeHost['judgeSender'] = (session, mail) =>
    this.#soon(this.overrides.judgeSender?.(session, mail));

  judgeRecipient: EdgeHost['judgeRecipient'] = (session, asked) => {
    if (this.overrides.judgeRecipient) return this.overrides.judgeRecipient(session, asked);
    const isOurs = /^(home|mx)\.example\.test$/.test(domainOf(asked.recipient.address));
    return this.#soon(isOurs ? undefined : smtpReply(550, '5.7.1', 'Relaying denied'));
  };

  beginMessage: EdgeHost['beginMessage'] = (session, { mail, envelope }) =>
    this.#soon(
      this.overrides.beginMessage?.(session, { mail, envelope }) ??
        this.#take(session, { mail, envelope }),
    );

  #soon<T>(answer: T | Promise<T>): T | Promise<T> {
    return this.#answersLater ? Promise.resolve(answer) : answer;
  }

  #take(
    session: EdgeSession,
    { mail, envelope }: Pick<TakenMessage, 'mail' | 'envelope'>,
  ): MessageSink {
    const chunks: Buffer[] = [];
    const { protocol } = session;
    const subject = `message ${this.taken.length}`;
    return {
      write: (chunk) => {
        chunks.push(chunk);
      },
      commit: async () => {
        this.committing += 1;
        await this.gate;
        const body = Buffer.concat(chunks).toString('latin1');
        this.taken.push({
          envelope,
          mail,
          body,
          protocol,
          peer: session.peer?.site,
          account: session.account,
        });
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
  }

  startDrain: EdgeHost['startDrain'] = async (session, domain) =>
    this.overrides.startDrain?.(session, domain) ??
    smtpReply(251, '2.0.0', `Nothing for ${domain}`);
}
