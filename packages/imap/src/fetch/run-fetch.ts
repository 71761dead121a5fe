// FETCH (RFC 3501 §6.4.5): which messages, what of them, in which order it is read and said.
//
// Promises
// - Items the folder has in memory cost no file; a hundred thousand of them become few large writes.
// - \Seen is set once for many messages, before they are said, and their new flags stand in the same response.
// - At most `windowLength` messages are read ahead of the client, and none when it does not take what was said.
import { setImmediate as others } from 'node:timers/promises';
import type { Message } from '@restante/mailbox-store';
import type { SelectedFolder } from '../session/selected-folder.ts';
import type { Session } from '../session/session.ts';
import { no } from '../wire/refusal.ts';
import type { NumberRange } from '../wire/sequence-set.ts';
import { needsStructure, type FetchItems } from './fetch-item.ts';
import { plainFormatter, type MessageFormatter } from './plain-items.ts';
import {
  formatDescribed,
  prepareMessage,
  sayMessage,
  type Described,
  type PreparedMessage,
} from './say-message.ts';

export interface FetchPlan {
  /** Ranges of sequence numbers, ascending. */
  readonly ranges: readonly NumberRange[];
  readonly items: FetchItems;
  /** RFC 7162 §3.1.4.1: only what changed after it. */
  readonly changedSince: number;
}

/** In between so many, others have their turn. */
const turnLength = 4_000;
/** Described, and marked \Seen, together. */
const batchLength = 200;
const windowLength = 4;

export async function runFetch(session: Session, plan: FetchPlan): Promise<void> {
  const { items } = plan;
  if (items.described.length + items.sections.length === 0) return sayPlain(session, plan);
  const reading = new Reading(session, items);
  let batch: number[] = [];
  for (const sequence of sequencesOf(session.selected, plan)) {
    batch.push(sequence);
    if (batch.length < batchLength) continue;
    await reading.say(batch);
    batch = [];
  }
  await reading.say(batch);
  // RFC 5530 §3, RFC 2180 §4.1.1: somebody expunged what this client still has numbers for.
  if (reading.hasMissed) throw no('EXPUNGEISSUED', 'Some of the messages are gone.');
}

function* sequencesOf(view: SelectedFolder, plan: FetchPlan): Iterable<number> {
  for (const { first, last } of plan.ranges) {
    for (let sequence = first; sequence <= last; sequence += 1) {
      if ((view.at(sequence)?.modseq ?? 0) > plan.changedSince) yield sequence;
    }
  }
}

async function sayPlain(session: Session, plan: FetchPlan): Promise<void> {
  const { selected: view, out } = session;
  const format = plainFormatter(plan.items.plain);
  const tellsFlags = plan.items.plain.includes('FLAGS');
  let turn = 0;
  for (const { first, last } of plan.ranges) {
    for (let sequence = first; sequence <= last; sequence += 1) {
      const message = view.at(sequence);
      if (message === undefined || message.modseq <= plan.changedSince) continue;
      out.text(`* ${sequence} FETCH (${format(message)})\r\n`);
      if (tellsFlags) view.forgetChange(message.uid);
      turn += 1;
      if (turn % turnLength !== 0) continue;
      await (out.backPressure() ?? others());
    }
  }
}

/** Reads and says messages, a batch at a time. */
class Reading {
  hasMissed = false;
  readonly #session: Session;
  readonly #items: FetchItems;
  readonly #plain: MessageFormatter;
  /** The same with the flags that were just set. */
  readonly #seen: MessageFormatter;
  readonly #setsSeen: boolean;

  constructor(session: Session, items: FetchItems) {
    this.#session = session;
    this.#items = items;
    this.#plain = plainFormatter(items.plain);
    const flagItems = session.isCondstore ? (['FLAGS', 'MODSEQ'] as const) : (['FLAGS'] as const);
    this.#seen = plainFormatter([...new Set([...items.plain, ...flagItems])]);
    this.#setsSeen =
      items.sections.some(({ setsSeen }) => setsSeen) && !session.selected.isReadOnly;
  }

  /** Without sections everything is at hand as soon as a message is described: no promise of its own. */
  async #sayDescribed(sequences: readonly number[]): Promise<void> {
    const { selected: view, out } = this.#session;
    const tellsFlags = this.#items.plain.includes('FLAGS');
    for await (const { sequence, message, described } of this.#described(sequences)) {
      const plain = this.#plain(message);
      const about = described === undefined ? '' : this.#describe(described);
      out.text(`* ${sequence} FETCH (${plain}${plain === '' ? '' : ' '}${about})\r\n`);
      if (tellsFlags) view.forgetChange(message.uid);
    }
    await out.backPressure();
  }

  async say(sequences: readonly number[]): Promise<void> {
    if (this.#items.sections.length === 0) return this.#sayDescribed(sequences);
    const { selected: view, out } = this.#session;
    const marked = await this.#markSeen(sequences);
    const window: Promise<PreparedMessage>[] = [];
    const sayNext = async (): Promise<void> => {
      const prepared = await window.shift();
      if (prepared === undefined) return;
      if (!(await sayMessage(out, view.folder, prepared))) this.hasMissed = true;
      if (this.#items.plain.includes('FLAGS') || marked.has(prepared.uid)) {
        view.forgetChange(prepared.uid);
      }
      await out.backPressure();
    };
    for await (const { sequence, message, described } of this.#described(sequences)) {
      const format = marked.has(message.uid) ? this.#seen : this.#plain;
      const prepared = prepareMessage(
        { folder: view.folder, sequence, message, plain: format(message), described },
        this.#items.sections,
        described === undefined ? '' : this.#describe(described),
      );
      // It is awaited in its turn; until then a failure must not count as unheard.
      prepared.catch(() => undefined);
      window.push(prepared);
      if (window.length >= windowLength) await sayNext();
    }
    while (window.length > 0) await sayNext();
  }

  #describe(described: Described): string {
    if (this.#items.described.length === 0) return '';
    return formatDescribed(this.#items.described, described, { isUtf8: this.#session.isUtf8 });
  }

  async *#described(sequences: readonly number[]): AsyncIterable<{
    readonly sequence: number;
    readonly message: Message;
    readonly described: Described | undefined;
  }> {
    const view = this.#session.selected;
    const asked = sequences.flatMap((sequence) => {
      const message = view.at(sequence);
      return message === undefined ? [] : [{ sequence, message }];
    });
    if (!needsStructure(this.#items)) {
      for (const one of asked) yield { ...one, described: undefined };
      return;
    }
    let next = 0;
    for await (const described of view.folder.describe(asked.map(({ message }) => message.uid))) {
      // In the order asked, gone ones left out.
      while (asked[next] !== undefined && asked[next]?.message.uid !== described.uid) {
        this.hasMissed = true;
        next += 1;
      }
      const one = asked[next];
      if (one === undefined) return;
      next += 1;
      yield { ...one, described };
    }
    if (next < asked.length) this.hasMissed = true;
  }

  /** UIDs whose flags changed. */
  async #markSeen(sequences: readonly number[]): Promise<ReadonlySet<number>> {
    if (!this.#setsSeen) return new Set();
    const view = this.#session.selected;
    const uids = sequences.flatMap((sequence) => {
      const message = view.at(sequence);
      return message === undefined || message.flags.includes('\\Seen') ? [] : [message.uid];
    });
    if (uids.length === 0) return new Set();
    const { changed } = await view.folder.setFlags(uids, { how: 'add', flags: ['\\Seen'] });
    return new Set(changed.map(({ uid }) => uid));
  }
}
