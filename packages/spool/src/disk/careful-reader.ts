// Reads held messages for the outside. What is found damaged is set aside, said aloud, and does not come back; what moved or left
// while we looked is looked up once more.
import { join } from 'node:path';
import type { EventSink } from '@restante/mail-model';
import { SpoolError } from '../errors.ts';
import type { MessageWithBody, SpoolBody, SpooledMessage } from '../spool.ts';
import type { Catalog } from './catalog.ts';
import type { Entry } from './entry.ts';
import type { EntryChanges } from './entry-changes.ts';
import { DamagedRecord } from './message-reader.ts';
import type { MessageReader } from './message-reader.ts';
import { SegmentGone } from './segment.ts';
import { setAsideEntry } from './set-aside.ts';

export interface CarefulReaderParts {
  readonly dir: string;
  readonly catalog: Catalog;
  readonly reader: MessageReader;
  readonly changes: EntryChanges;
  readonly onEvent: EventSink;
}

export class CarefulReader {
  readonly #parts: CarefulReaderParts;

  constructor(parts: CarefulReaderParts) {
    this.#parts = parts;
  }

  read(id: string): Promise<SpooledMessage | undefined> {
    return this.#look(id, (entry) => this.#parts.reader.read(entry));
  }

  readWithBody(id: string): Promise<MessageWithBody | undefined> {
    return this.#look(id, (entry) => this.#parts.reader.readWithBody(entry));
  }

  async body(id: string): Promise<SpoolBody> {
    const body = await this.#look(id, (entry) => this.#parts.reader.body(entry));
    if (!body) throw new SpoolError('SPOOL_UNREADABLE', { detail: `${id} is not here` });
    return body;
  }

  /** Does what needs the entry's record; throws SPOOL_UNREADABLE when that is damaged. */
  async guarded<T>(entry: Entry, work: (entry: Entry) => Promise<T>): Promise<T> {
    try {
      return await work(entry);
    } catch (cause) {
      if (!(cause instanceof DamagedRecord)) throw cause;
      await this.#takeOut(entry, cause);
      throw new SpoolError('SPOOL_UNREADABLE', { cause, detail: entry.id });
    }
  }

  async #look<T>(id: string, work: (entry: Entry) => Promise<T>): Promise<T | undefined> {
    for (let isAgain = false; ; isAgain = true) {
      const entry = this.#parts.catalog.get(id);
      if (!entry) return undefined;
      try {
        return await this.guarded(entry, work);
      } catch (cause) {
        if (isAgain || !(cause instanceof SegmentGone)) throw cause;
      }
    }
  }

  /** Once, however many readers found it. */
  async #takeOut(entry: Entry, { message }: DamagedRecord): Promise<void> {
    const { dir, catalog, changes, onEvent } = this.#parts;
    await changes.inTurn(entry, async () => {
      if (catalog.get(entry.id) !== entry) return;
      await setAsideEntry(join(dir, 'corrupt'), entry, message, onEvent);
      changes.forgetDamaged(entry);
    });
  }
}
