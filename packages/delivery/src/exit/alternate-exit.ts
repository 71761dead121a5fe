// The internet by way of another site, where this one does not get through: the path between two continents has bad days, and
// each site's path to a destination is another one.
//
// Promises
// - Only a network that does not carry us counts; an answer, whatever it says, is an answer.
// - The peer takes the message as any hop: same id, same bytes, same envelope sender (DKIM and SPF stay right, both exits stand
//   in the SPF record), stored once however often it is handed over. From then on it is the peer's.
// - Never back: a message is not handed to a site it has passed.
// - What a peer says no to is not bounced; our own exit goes on trying.
// - A hand-over of which nobody knows how it ended is repeated with the same peer, not sent by our own exit as well; also when the
//   peer is away by then, for as long as `memoryMs`.
import { domainOf, smtpReply } from '@restante/mail-model';
import type { EventSink } from '@restante/mail-model';
import type { Clock } from '@restante/runtime';
import type { AttemptedRecipient, Deliverer } from '../deliverer.ts';
import type { MessageToDeliver } from '../message-to-deliver.ts';
import { ExitMemory } from './exit-memory.ts';
import type { ExitRules } from './exit-memory.ts';
import { HandOvers } from './hand-overs.ts';

export interface ExitPeer {
  readonly site: string;
  readonly hop: Pick<Deliverer, 'attempt'>;
  /** False: it is known to be away, or held by the operator. */
  isOpen?(): boolean;
}

export interface AlternateExitOptions extends ExitRules {
  /** Our own way out; disposed of with this. */
  readonly own: Deliverer;
  readonly peers: readonly ExitPeer[];
  readonly onEvent: EventSink;
  readonly clock: Clock;
}

export function createAlternateExit(options: AlternateExitOptions): Deliverer {
  const exits = new Exits(options);
  return {
    async attempt(message, signal) {
      const groups = Map.groupBy(message.recipients, domainOf);
      const attempts = [...groups].map(async ([domain, recipients]) =>
        exits.send(domain, { ...message, recipients }, signal),
      );
      return (await Promise.all(attempts)).flat();
    },
    [Symbol.asyncDispose]: () => options.own[Symbol.asyncDispose](),
  };
}

type Outcomes = readonly AttemptedRecipient[];

/** The recipients of one domain at a time. */
class Exits {
  readonly #options: AlternateExitOptions;
  readonly #memory: ExitMemory;
  readonly #handOvers: HandOvers;

  constructor(options: AlternateExitOptions) {
    this.#options = options;
    this.#memory = new ExitMemory(options);
    this.#handOvers = new HandOvers(options.memoryMs);
  }

  async send(domain: string, message: MessageToDeliver, signal: AbortSignal): Promise<Outcomes> {
    const holder = this.#handOvers.peerOf(message.id, domain, this.#now());
    if (holder !== undefined) return this.#askAgain(domain, message, { holder, signal });
    const known = this.#memory.peerFor(domain, this.#now());
    const peer = known === undefined ? undefined : this.#peersFor(message, known)[0];
    if (peer === undefined) return this.#byOwn(domain, message, signal);
    const outcomes = await this.#byPeer(domain, message, { peer, signal });
    const rest = outcomes.filter(isStillOurs).map(({ recipient }) => recipient);
    if (rest.length === 0) return outcomes;
    const others = await this.#byOwn(domain, { ...message, recipients: rest }, signal);
    return [...outcomes.filter((one) => !isStillOurs(one)), ...others];
  }

  /** The peer may have it; only its own word, or its silence for too long, gives the message back to us. */
  async #askAgain(
    domain: string,
    message: MessageToDeliver,
    { holder, signal }: { readonly holder: string; readonly signal: AbortSignal },
  ): Promise<Outcomes> {
    const [peer] = this.#peersFor(message, holder);
    if (peer !== undefined) {
      const outcomes = await this.#byPeer(domain, message, { peer, signal });
      const refused = outcomes.filter(({ outcome }) => outcome.kind === 'rejected');
      if (refused.length === 0) return outcomes;
      const recipients = refused.map(({ recipient }) => recipient);
      const others = await this.#byOwn(domain, { ...message, recipients }, signal);
      return [...outcomes.filter(({ outcome }) => outcome.kind !== 'rejected'), ...others];
    }
    const text = `The site ${holder} may have this message already and cannot be asked now.`;
    const reply = smtpReply(451, '4.4.1', text);
    return message.recipients.map((recipient) => ({
      recipient,
      outcome: { kind: 'deferred', reply, cause: 'next-hop-unreachable' },
    }));
  }

  async #byOwn(domain: string, message: MessageToDeliver, signal: AbortSignal): Promise<Outcomes> {
    const { own, onEvent } = this.#options;
    const outcomes = await own.attempt(message, signal);
    const lost = outcomes.filter(({ isUnreachable }) => isUnreachable === true);
    if (lost.length < outcomes.length) {
      if (outcomes.some(isOurOwnFault)) this.#memory.ownUnknown(domain);
      else if (this.#memory.ownReached(domain)) {
        onEvent({ name: 'exit.changed', domain, to: 'own', peer: '', why: 'our own exit works' });
      }
      return outcomes;
    }
    if (!this.#memory.ownUnreachable(domain, this.#now())) return outcomes;
    const why = lost[0]?.outcome.reply.text ?? '';
    for (const peer of this.#peersFor(message)) {
      const tried = await this.#byPeer(domain, message, { peer, signal, why });
      if (!tried.every(isStillOurs)) {
        // Whom the peer did not take waits for our own exit.
        const ours = new Map(outcomes.map((one) => [one.recipient, one]));
        return tried.map((one) => (isStillOurs(one) ? (ours.get(one.recipient) ?? one) : one));
      }
    }
    return outcomes;
  }

  async #byPeer(
    domain: string,
    message: MessageToDeliver,
    {
      peer,
      signal,
      why = '',
    }: { readonly peer: ExitPeer; readonly signal: AbortSignal; readonly why?: string },
  ): Promise<Outcomes> {
    const outcomes = await peer.hop.attempt({ ...message, isOnward: true }, signal);
    const known = { peer: peer.site, nowMs: this.#now() };
    if (outcomes.some(mayBeTheirs)) this.#handOvers.noteUnknown(message.id, domain, known);
    else if (outcomes.some(isAnswered)) this.#handOvers.noteAnswer(message.id, domain);
    if (outcomes.every(isStillOurs)) this.#memory.peerRefused(domain);
    else if (this.#memory.peerTook(domain, peer.site, this.#now())) {
      this.#options.onEvent({ name: 'exit.changed', domain, to: 'peer', peer: peer.site, why });
    }
    return outcomes;
  }

  /** The preferred one, or all; without those the message has passed. */
  #peersFor({ path }: MessageToDeliver, preferred?: string): readonly ExitPeer[] {
    return this.#options.peers.filter(
      (peer) =>
        !path.includes(peer.site) &&
        (preferred === undefined || peer.site === preferred) &&
        peer.isOpen?.() !== false,
    );
  }

  #now(): number {
    return this.#options.clock.monotonicMs();
  }
}

/** The peer has not taken it this time, for certain. */
function isStillOurs(attempted: AttemptedRecipient): boolean {
  return attempted.outcome.kind !== 'delivered' && !mayBeTheirs(attempted);
}

/** A connection lost after the last byte: the peer may be sending it already, and is asked again later, with the same id. */
function mayBeTheirs({ outcome, isUnreachable }: AttemptedRecipient): boolean {
  return (
    outcome.kind === 'deferred' && outcome.cause === 'connection-lost' && isUnreachable !== true
  );
}

/** The peer took it or will not: one that has it says yes (law 6), one that asks to wait has not looked. */
function isAnswered({ outcome }: AttemptedRecipient): boolean {
  return outcome.kind !== 'deferred';
}

/** We are stopping, or could not read the message: says nothing about the network. */
function isOurOwnFault({ outcome }: AttemptedRecipient): boolean {
  return outcome.kind === 'deferred' && outcome.cause === 'our-own-fault';
}
