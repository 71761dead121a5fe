// One message in memory, lean: seven fields, and what can be derived is derived.
//
// A Place is where the file lies and what its suffix means; all messages with the same flags share one.
import type { FlagLetters } from '../maildir/flag-letters.ts';
import { emailIdOf } from '../maildir/file-name.ts';
import type { Message } from '../mailbox.ts';

export interface Place {
  /** "n" or "c" for new/ or cur/, and the suffix. */
  readonly key: string;
  readonly directory: 'new' | 'cur';
  readonly suffix: string;
  readonly flags: readonly string[];
  readonly isSeen: boolean;
  readonly isDeleted: boolean;
}

/** The places of one folder, each once. */
export class Places {
  readonly letters: FlagLetters;
  readonly #places = new Map<string, Place>();

  constructor(letters: FlagLetters) {
    this.letters = letters;
  }

  /** The same places under other keywords; those whose meaning stays are the same objects. */
  under(letters: FlagLetters): Places {
    const places = new Places(letters);
    for (const [key, place] of this.#places) {
      if (letters.flagsOf(place.suffix) === place.flags) places.#places.set(key, place);
    }
    return places;
  }

  at(key: string): Place {
    const known = this.#places.get(key);
    if (known) return known;
    const suffix = key.slice(1);
    const flags = this.letters.flagsOf(suffix);
    const place: Place = {
      key,
      directory: key.startsWith('n') ? 'new' : 'cur',
      suffix,
      flags,
      isSeen: flags.includes('\\Seen'),
      isDeleted: flags.includes('\\Deleted'),
    };
    this.#places.set(key, place);
    return place;
  }
}

export interface StoredFields {
  readonly uid: number;
  readonly modseq: number;
  readonly place: Place;
  readonly sizeBytes: number;
  readonly receivedSeconds: number;
  readonly savedSeconds: number;
  readonly baseName: string;
}

export class StoredMessage implements Message {
  readonly uid: number;
  readonly modseq: number;
  readonly place: Place;
  readonly sizeBytes: number;
  readonly receivedSeconds: number;
  readonly savedSeconds: number;
  readonly baseName: string;

  constructor(fields: StoredFields) {
    this.uid = fields.uid;
    this.modseq = fields.modseq;
    this.place = fields.place;
    this.sizeBytes = fields.sizeBytes;
    this.receivedSeconds = fields.receivedSeconds;
    this.savedSeconds = fields.savedSeconds;
    this.baseName = fields.baseName;
  }

  get flags(): readonly string[] {
    return this.place.flags;
  }

  get receivedAtMs(): number {
    return this.receivedSeconds * 1000;
  }

  get savedAtMs(): number {
    return this.savedSeconds * 1000;
  }

  get emailId(): string {
    return emailIdOf(this.baseName);
  }

  /** Below the folder's directory. */
  get path(): string {
    return `${this.place.directory}/${this.baseName}${this.place.suffix}`;
  }

  movedTo(place: Place, modseq: number): StoredMessage {
    const { uid, sizeBytes, receivedSeconds, savedSeconds, baseName } = this;
    return new StoredMessage({
      uid,
      modseq,
      place,
      sizeBytes,
      receivedSeconds,
      savedSeconds,
      baseName,
    });
  }
}
