// Recognises a message that comes again: the same id through the cluster (law 6), or the same bytes from a client that never saw our
// 250 (RFC 1047). Memory only; segments and ledger are what it is rebuilt from.
//
//   in flight ──(durable)──▶ fresh ──(2 s, or the session ended)──▶ unconfirmed ──(client went on)──▶ confirmed
//
// An identical message is the retry of an unconfirmed one, within the retry window. Fresh is not unconfirmed yet: a client may well send
// the same bytes twice at the same time on two connections, and wants both. How long what is known counts: remembered-keys.ts.
import { keyFlags, minuteOf } from './key-table.ts';
import { isOwnMail, kindsOfKeys, startsConfirmed } from './message-keys.ts';
import { RememberedKeys } from './remembered-keys.ts';
import type { RememberedKeysOptions } from './remembered-keys.ts';
import type { Clock } from '@restante/runtime';
import type { MessageFacts } from '../spool.ts';

const freshMs = 2000;
const openRepliesMax = 100_000;

interface OpenReply {
  readonly keys: Uint32Array;
  readonly sinceMs: number;
  readonly segment: number;
  readonly offset: number;
}

export type Judgement =
  | { readonly kind: 'new' }
  /** Indexes of the recipients that are taken care of, and the key that told. */
  | {
      readonly kind: 'covered';
      readonly recipients: ReadonlySet<number>;
      readonly why: 'same-id' | 'lost-reply';
      readonly keyAt: number;
    }
  /** The answer hangs on a message that is on its way to the disk. */
  | { readonly kind: 'wait'; readonly for: Promise<void> };

export class ReplyMemory {
  readonly keys: RememberedKeys;
  readonly #clock: Clock;
  /** By the number of a key. */
  readonly #inFlight = new Map<number, Promise<void>>();
  /** Replies of this run that are neither confirmed nor given up, oldest first: fresh ones, and the rest. */
  readonly #fresh = new Map<string, OpenReply>();
  readonly #open = new Map<string, OpenReply>();

  constructor(options: RememberedKeysOptions) {
    this.keys = new RememberedKeys(options);
    this.#clock = options.clock;
  }

  judge(facts: MessageFacts, keys: Uint32Array): Judgement {
    this.#ageFresh();
    const kinds = kindsOfKeys(facts);
    const idAt = kinds.reply ? 3 : 0;
    const perRecipient = kinds.id ? idAt + 3 : idAt;
    let recipients: Set<number> | undefined;
    let why: 'same-id' | 'lost-reply' = 'lost-reply';
    let keyAt = 0;
    for (let index = 0; index * perRecipient < keys.length; index += 1) {
      const at = index * perRecipient;
      const byId = kinds.id ? this.keys.info(keys, at + idAt) : 0;
      const byReply = kinds.reply && !isOwnMail(facts) ? this.keys.recent(keys, at) : 0;
      const isSameId = byId !== 0;
      if (!isSameId && !isRetry(byReply, facts.replyUnconfirmed === true)) continue;
      if (((isSameId ? byId : byReply) & keyFlags.inFlight) !== 0) {
        const ahead = this.#inFlight.get(keyNumber(keys, isSameId ? at + idAt : at));
        if (ahead) return { kind: 'wait', for: ahead };
      }
      recipients ??= new Set();
      recipients.add(index);
      if (isSameId) why = 'same-id';
      keyAt = isSameId ? at + idAt : at;
    }
    return recipients ? { kind: 'covered', recipients, why, keyAt } : { kind: 'new' };
  }

  /** Marks the keys as on their way; the result ends that, one way or the other. */
  begin(facts: MessageFacts, keys: Uint32Array): InFlight {
    const minute = minuteOf(this.#clock.now());
    // Whoever hopped here has its stranger, and the doubt about its reply, at another site.
    const doubt = facts.path.length > 0 ? 0 : keyFlags.fresh;
    const standing = startsConfirmed(facts) ? keyFlags.confirmed : doubt;
    const before = new Uint32Array(keys.length / 3);
    for (let at = 0; at < keys.length; at += 3) {
      before[at / 3] = this.keys.info(keys, at) & ~keyFlags.inFlight;
      this.keys.set(keys, at, standing | keyFlags.inFlight | keyFlags.ours | minute);
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    for (let at = 0; at < keys.length; at += 3) this.#inFlight.set(keyNumber(keys, at), promise);
    const end = (): void => {
      for (let at = 0; at < keys.length; at += 3) {
        const number = keyNumber(keys, at);
        if (this.#inFlight.get(number) === promise) this.#inFlight.delete(number);
      }
      resolve();
    };
    return {
      stored: (id, segment, offset) => {
        for (let at = 0; at < keys.length; at += 3)
          this.keys.set(keys, at, standing | keyFlags.ours | minute);
        if (standing === keyFlags.fresh) {
          this.#fresh.set(id, { keys, sinceMs: this.#clock.monotonicMs(), segment, offset });
        }
        end();
      },
      failed: () => {
        for (let at = 0; at < keys.length; at += 3) {
          this.keys.restore(keys, at, before[at / 3] ?? 0);
        }
        end();
      },
    };
  }

  /** The client went on. Gives where its message is, once; undefined when there is nothing to write down. */
  confirm(id: string): { readonly segment: number; readonly offset: number } | undefined {
    const reply = this.#take(id);
    if (reply) this.keys.change(reply.keys, { add: keyFlags.confirmed, remove: keyFlags.fresh });
    return reply;
  }

  /** The session is gone: from now on an identical message is the retry. */
  abandon(id: string): void {
    const reply = this.#take(id);
    if (reply) this.keys.change(reply.keys, { remove: keyFlags.fresh });
  }

  /** True while a client of this run may still confirm a message of that segment. */
  isAwaiting(segment: number): boolean {
    for (const replies of [this.#fresh, this.#open]) {
      for (const reply of replies.values()) if (reply.segment === segment) return true;
    }
    return false;
  }

  #take(id: string): OpenReply | undefined {
    const reply = this.#fresh.get(id) ?? this.#open.get(id);
    if (reply && !this.#fresh.delete(id)) this.#open.delete(id);
    return reply;
  }

  #ageFresh(): void {
    const before = this.#clock.monotonicMs() - freshMs;
    for (const [id, reply] of this.#fresh) {
      if (reply.sinceMs > before) return;
      this.#fresh.delete(id);
      this.keys.change(reply.keys, { remove: keyFlags.fresh });
      this.#open.set(id, reply);
      // Callers confirm or give up every reply; this only bounds what forgetting to would cost.
      if (this.#open.size > openRepliesMax) this.#open.delete(this.#open.keys().next().value ?? id);
    }
  }
}

export interface InFlight {
  stored(id: string, segment: number, offset: number): void;
  failed(): void;
}

/** 52 bits of a key, exact as a number: what is in flight is a handful. */
function keyNumber(keys: Uint32Array, at: number): number {
  return (keys[at] ?? 0) + ((keys[at + 1] ?? 0) & 0xf_ffff) * 2 ** 32;
}

/** RFC 1047: the same again is a retry when at least one of the two had a reply its client may not have seen. */
function isRetry(older: number, isReplyUnconfirmed: boolean): boolean {
  if (older === 0) return false;
  return isReplyUnconfirmed || (older & (keyFlags.confirmed | keyFlags.fresh)) === 0;
}
