// The stranger of a drill: many senders at a time, each message by MX, again and again until somebody takes it or refuses it
// for good, as RFC 5321 §4.5.4.1 wants it of every mail server. Notes what became of each number.
import { setTimeout as sleep } from 'node:timers/promises';
import { formatReply, isPositive } from '@restante/mail-model';
import type { SiteConfig } from '@restante/config';
import type { Resolver } from '@restante/dns';
import { sendAsStranger } from '../stranger.ts';
import type { Try } from '../stranger.ts';
import { numberedMail } from './numbered-mail.ts';
import type { SentMail } from './verdict.ts';

export interface PostOffice extends Disposable {
  /** Sends this many more, and goes on as long as `during` lasts; resolves when all of them were taken or refused. */
  send(count: number, during?: Promise<unknown>): Promise<void>;
  readonly sent: readonly SentMail[];
  /** A host that was passed over may be back. */
  forgetAbsences(): void;
}

export interface PostOfficeOptions {
  readonly run: string;
  readonly recipient: string;
  readonly sites: readonly SiteConfig[];
  readonly resolver: Resolver;
  readonly signal: AbortSignal;
}

const senders = 8;
const sender = 'drill@elsewhere.example';
const pauseMs = 500;
/** Mail servers remember for a while that a host is away. */
const absenceMs = 5_000;

export function openPostOffice(options: PostOfficeOptions): PostOffice {
  const { run, recipient, sites, resolver } = options;
  const closing = new AbortController();
  const signal = AbortSignal.any([options.signal, closing.signal]);
  const sent: SentMail[] = [];
  const awayUntilMs = new Map<string, number>();
  let lastNumber = 0;

  async function sendOne(number: number): Promise<SentMail> {
    const bytes = numberedMail({ run, number, sender, recipient, nowMs: Date.now() });
    const letter = { sender, recipient, bytes, helo: 'mail.elsewhere.example' };
    let decisive: Try | undefined;
    let wasRepeated = false;
    const onTry = (attempt: Try) => {
      if (attempt.mayHaveArrived) wasRepeated = true;
      if (attempt.isAnswer) decisive = attempt;
      else awayUntilMs.set(attempt.host, performance.now() + absenceMs);
    };
    const passOver = (host: string) => (awayUntilMs.get(host) ?? 0) > performance.now();
    for (;;) {
      signal.throwIfAborted();
      const reply = await sendAsStranger(letter, { resolver, sites, onTry, passOver });
      if (reply !== undefined && decisive !== undefined) {
        return isPositive(reply)
          ? { number, takenBy: decisive.host, wasRepeated }
          : { number, refusal: formatReply(reply), wasRepeated };
      }
      await sleep(pauseMs, undefined, { signal });
    }
  }

  return {
    sent,
    forgetAbsences: () => awayUntilMs.clear(),
    [Symbol.dispose]: () => closing.abort(),
    send: async (count, during = Promise.resolve()) => {
      const last = lastNumber + count;
      let isOver = false;
      const over = () => {
        isOver = true;
      };
      during.then(over, over);
      const work = async () => {
        while (lastNumber < last || !isOver) {
          lastNumber += 1;
          sent.push(await sendOne(lastNumber));
        }
      };
      await Promise.all(Array.from({ length: senders }, work));
    },
  };
}
