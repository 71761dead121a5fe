// What is known of a UID list: who has which number, and which number comes next. Pure; the file is uid-list.ts' business.
import { baseNameOf, keyOfName } from './file-name.ts';
import {
  formatRecord,
  parseHeader,
  parseLines,
  uidMax,
  type UidListHeader,
} from './uid-list-format.ts';

export class KnownUids {
  readonly #uids = new Map<string, number>();
  #header: UidListHeader | undefined;
  #lastUid = 0;
  #nextUid = 1;

  /** Key as keyOfName() makes it. */
  get(key: string): number | undefined {
    return this.#uids.get(key);
  }

  get size(): number {
    return this.#uids.size;
  }

  get nextUid(): number {
    return this.#nextUid;
  }

  /** Of the list read last, even when its file is gone; 0 before there was one. */
  get uidValidity(): number {
    return this.#header?.uidValidity ?? 0;
  }

  /** Of the list read last; empty before there was one. */
  get guid(): string {
    return this.#header?.guid ?? '';
  }

  keysFrom(uid: number): readonly string[] {
    if (this.#lastUid < uid) return [];
    const keys: string[] = [];
    for (const [key, one] of this.#uids) if (one >= uid) keys.push(key);
    return keys;
  }

  /** Smaller numbers were given, though the file may have lost them. */
  skipTo(uid: number): void {
    this.#nextUid = Math.max(this.#nextUid, uid);
  }

  /** Before the file is read from its beginning. Validity and next number stay: they never go back. */
  forget(): void {
    this.#uids.clear();
    this.#lastUid = 0;
  }

  /** Takes in a whole file. Gives what makes it unfit to be appended to; undefined when it is fit. */
  readFile(bytes: Buffer): UnfitReason | undefined {
    const newline = bytes.indexOf(0x0a);
    const parsed = newline < 0 ? undefined : parseHeader(bytes.toString('latin1', 0, newline));
    if (parsed === undefined) {
      return { kind: 'damaged', problem: 'Its first line is not the header of a version 3 list.' };
    }
    // Numbers of the same list only grow; another UIDVALIDITY is another list (RFC 3501 §2.3.1.1).
    if (this.uidValidity !== parsed.header.uidValidity) this.#nextUid = 1;
    this.#header = parsed.header;
    this.#nextUid = Math.max(this.#nextUid, parsed.header.nextUid);
    const reason = this.#read(bytes.subarray(newline + 1), parsed.version);
    // Version 1, or without the GUID that Dovecot puts there.
    const isOld = parsed.version !== 3 || parsed.header.guid === '';
    return reason ?? (isOld ? { kind: 'old' } : undefined);
  }

  /** Takes in lines behind what was read before. */
  readLines(bytes: Buffer): UnfitReason | undefined {
    return this.#read(bytes, 3);
  }

  /** Lines for those base names that have no UID yet; undefined when there are not enough numbers left. */
  linesFor(names: readonly string[]): NewLines | undefined {
    const uids = new Map<string, number>();
    let text = '';
    let nextUid = this.#nextUid;
    for (const name of names) {
      const key = keyOfName(name);
      if (this.#uids.has(key) || uids.has(key)) continue;
      if (nextUid > uidMax) return undefined;
      text += formatRecord({ uid: nextUid, extensions: '', name });
      uids.set(key, nextUid);
      nextUid += 1;
    }
    return { text, uids };
  }

  /** The lines were written. */
  remember({ uids }: NewLines): void {
    for (const [key, uid] of uids) {
      this.#uids.set(key, uid);
      this.#lastUid = uid;
    }
    this.#nextUid = Math.max(this.#nextUid, this.#lastUid + 1);
  }

  #read(bytes: Buffer, version: 1 | 3): UnfitReason | undefined {
    const { records, damage } = parseLines(bytes, { version, after: this.#lastUid });
    for (const { uid, name } of records) this.#uids.set(keyOfName(baseNameOf(name)), uid);
    this.#lastUid = records.at(-1)?.uid ?? this.#lastUid;
    this.#nextUid = Math.max(this.#nextUid, this.#lastUid + 1);
    return damage === undefined ? undefined : { kind: 'damaged', problem: damage };
  }
}

export type UnfitReason =
  | { readonly kind: 'damaged'; readonly problem: string }
  | { readonly kind: 'old' };

export interface NewLines {
  readonly text: string;
  readonly uids: ReadonlyMap<string, number>;
}
