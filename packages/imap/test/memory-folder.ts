// A Folder in memory, for tests of commands that need no disk: it keeps the promises of the port that FETCH, STORE and SEARCH lean on.
import { plainTextOf, headerText, previewOf, readMessage, type ReadMessage } from '@restante/mime';
import type { FlagChange, Folder, FolderChange, Message } from '@restante/mailbox-store';

export interface GivenMessage {
  readonly uid: number;
  readonly bytes: Buffer;
  readonly flags?: readonly string[];
  readonly receivedAtMs?: number;
  readonly savedAtMs?: number;
  readonly modseq?: number;
}

export interface MemoryFolder extends Folder {
  /** How often a message was read from "disk". */
  readonly reads: number;
  /** As another process does it. */
  takeAway(uid: number): void;
  bring(message: GivenMessage): void;
  /** From now on it no longer knows what went before this modseq. */
  forgetVanishedBefore(modseq: number): void;
}

export function memoryFolder(given: readonly GivenMessage[] = []): MemoryFolder {
  const bytesOf = new Map<number, Buffer>();
  const aboutOf = new Map<number, ReadMessage>();
  const vanished: { readonly uid: number; readonly modseq: number }[] = [];
  const listeners = new Set<(change: FolderChange) => void>();
  const flagSets = new Map<string, readonly string[]>();
  let messages: readonly Message[] = [];
  let highestModseq = 1;
  let vanishedFrom = 0;
  let reads = 0;

  const interned = (flags: readonly string[]): readonly string[] => {
    const key = flags.toSorted().join(' ');
    const known = flagSets.get(key);
    if (known !== undefined) return known;
    flagSets.set(key, flags);
    return flags;
  };
  const tell = (change: Partial<FolderChange>): void => {
    const whole = { appeared: [], changed: [], vanished: [], ...change, highestModseq };
    for (const listener of listeners) listener(whole);
  };
  const messageOf = ({ uid, bytes, flags = [], ...rest }: GivenMessage): Message => {
    bytesOf.set(uid, bytes);
    highestModseq = Math.max(highestModseq + 1, rest.modseq ?? 0);
    const {
      receivedAtMs = 1_700_000_000_000,
      savedAtMs = receivedAtMs,
      modseq = highestModseq,
    } = rest;
    const emailId = `M${uid}`;
    const sizeBytes = bytes.length;
    return { uid, modseq, flags: interned(flags), sizeBytes, receivedAtMs, savedAtMs, emailId };
  };
  messages = given.map(messageOf);

  const aboutIn = (uid: number): ReadMessage | undefined => {
    const bytes = bytesOf.get(uid);
    if (bytes === undefined) return undefined;
    const known = aboutOf.get(uid) ?? readMessage(bytes);
    aboutOf.set(uid, known);
    return known;
  };
  const remove = (uids: readonly number[]): void => {
    highestModseq += 1;
    for (const uid of uids) {
      bytesOf.delete(uid);
      vanished.push({ uid, modseq: highestModseq });
    }
    messages = messages.filter(({ uid }) => !uids.includes(uid));
    tell({ vanished: uids });
  };
  const unused = (): never => {
    throw new Error('not a part of these tests');
  };

  return {
    name: 'INBOX',
    uidValidity: 7,
    mailboxId: 'F1',
    get uidNext() {
      return Math.max(0, ...bytesOf.keys(), ...vanished.map(({ uid }) => uid)) + 1;
    },
    get highestModseq() {
      return highestModseq;
    },
    get keywords() {
      return [...new Set(messages.flatMap(({ flags }) => flags))].filter(
        (flag) => flag[0] !== '\\',
      );
    },
    get messages() {
      return messages;
    },
    get reads() {
      return reads;
    },
    message: (uid) => messages.find((message) => message.uid === uid),
    refresh: async () => undefined,
    onChange(listener) {
      listeners.add(listener);
      return { [Symbol.dispose]: () => void listeners.delete(listener) };
    },
    vanishedSince: (modseq) =>
      modseq < vanishedFrom
        ? undefined
        : vanished
            .filter((gone) => gone.modseq > modseq)
            .map(({ uid }) => uid)
            .toSorted((a, b) => a - b),
    append: unused,
    copy: unused,
    move: unused,
    async setFlags(uids, change, options) {
      const changed: Message[] = [];
      const modified: number[] = [];
      highestModseq += 1;
      messages = messages.map((message) => {
        if (!uids.includes(message.uid)) return message;
        if (options?.unchangedSince !== undefined && message.modseq > options.unchangedSince) {
          modified.push(message.uid);
          return message;
        }
        const flags = interned(changedFlags(message.flags, change));
        if (flags === message.flags) return message;
        const next = { ...message, flags, modseq: highestModseq };
        changed.push(next);
        return next;
      });
      tell({ changed });
      return { changed, modified };
    },
    async expunge({ uids, evenUnflagged = false } = {}) {
      const gone = messages
        .filter(({ uid }) => uids === undefined || uids.includes(uid))
        .filter(({ flags }) => evenUnflagged || flags.includes('\\Deleted'))
        .map(({ uid }) => uid);
      remove(gone);
      return gone;
    },
    async read(uid, range) {
      reads += 1;
      return bytesOf.get(uid)?.subarray(range?.start, range?.end);
    },
    async *readPieces(uid) {
      const bytes = bytesOf.get(uid) ?? Buffer.alloc(0);
      for (let at = 0; at < bytes.length; at += 100_000) yield bytes.subarray(at, at + 100_000);
    },
    async *describe(uids) {
      for (const uid of uids) {
        const [bytes, about] = [bytesOf.get(uid), aboutIn(uid)];
        if (bytes === undefined || about === undefined) continue;
        yield { uid, about, preview: previewOf(bytes, about.structure) };
      }
    },
    async search({ in: field, words }) {
      const wanted = words.toLowerCase();
      const found = messages.filter(({ uid }) => {
        const [bytes, about] = [bytesOf.get(uid), aboutIn(uid)];
        if (bytes === undefined || about === undefined) return false;
        const { structure } = about;
        const header = headerText(bytes, { start: 0, end: structure.bodyStart });
        const text =
          field === 'text'
            ? `${header}\n${plainTextOf(bytes, structure)}`
            : field === 'body'
              ? plainTextOf(bytes, structure)
              : header
                  .split('\n')
                  .filter((line) => line.toLowerCase().startsWith(`${field}:`))
                  .join('\n');
        return text.toLowerCase().includes(wanted);
      });
      return new Set(found.map(({ uid }) => uid));
    },
    takeAway: (uid) => remove([uid]),
    bring(message) {
      const appeared = messageOf(message);
      messages = [...messages, appeared];
      tell({ appeared: [appeared] });
    },
    forgetVanishedBefore(modseq) {
      vanishedFrom = modseq;
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
}

function changedFlags(
  flags: readonly string[],
  { how, flags: given }: FlagChange,
): readonly string[] {
  if (how === 'replace') return given;
  if (how === 'remove') return flags.filter((flag) => !given.includes(flag));
  return [...new Set([...flags, ...given])];
}
