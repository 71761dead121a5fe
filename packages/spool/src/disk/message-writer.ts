// One incoming message: gathers its bytes, then makes it durable in one go.
import type { Route } from '@restante/mail-model';
import type { Clock } from '@restante/runtime';
import { SpoolError } from '../errors.ts';
import type { Commit, MessageFacts, SpooledMessage, SpoolWriter } from '../spool.ts';
import type { Catalog } from './catalog.ts';
import type { DiskGuard } from './disk-guard.ts';
import { Entry } from './entry.ts';
import type { GroupCommit } from './group-commit.ts';
import { LargeBodyWriter } from './large-body.ts';
import type { FinishedBody } from './large-body.ts';
import { keysOf, remembersId, startsConfirmed } from './message-keys.ts';
import type { MessageMeta } from './record-meta.ts';
import { recordTypes } from './record.ts';
import type { InFlight, ReplyMemory } from './reply-memory.ts';
import type { RoutesOf } from './routes-of.ts';

export interface MessageWriterParts {
  readonly dir: string;
  readonly smallMessageMaxBytes: number;
  readonly catalog: Catalog;
  readonly memory: ReplyMemory;
  readonly commits: GroupCommit;
  readonly guard: DiskGuard;
  readonly routesOf: RoutesOf;
  readonly clock: Clock;
  /** Ids that are on their way to the disk and must not be given twice. */
  readonly idsInFlight: Set<string>;
  /** Resolves when the past is known; awaited only for what may have been here before. */
  readonly pastKnown: Promise<void>;
  /** Finds the entry that owns a key. Slow; for duplicates only. */
  ownerOf(keys: Uint32Array, at: number): string | undefined;
}

export class MessageWriter implements SpoolWriter {
  readonly #parts: MessageWriterParts;
  #chunks: Uint8Array[] = [];
  #sizeBytes = 0;
  #large: LargeBodyWriter | undefined;
  #isDone = false;

  constructor(parts: MessageWriterParts) {
    this.#parts = parts;
  }

  write(chunk: Uint8Array): Promise<void> | void {
    if (this.#isDone)
      throw new SpoolError('SPOOL_CLOSED', { detail: 'this message was committed or given up' });
    this.#sizeBytes += chunk.length;
    if (this.#large) return durablyOrThrow(this.#large.write([chunk]));
    this.#chunks.push(chunk);
    if (this.#sizeBytes <= this.#parts.smallMessageMaxBytes) return;
    this.#large = new LargeBodyWriter(this.#parts.dir);
    const chunks = this.#chunks;
    this.#chunks = [];
    return durablyOrThrow(this.#large.write(chunks));
  }

  async commit(facts: MessageFacts): Promise<Commit> {
    if (this.#isDone)
      throw new SpoolError('SPOOL_CLOSED', { detail: 'this message was committed or given up' });
    this.#isDone = true;
    // Only what others named can have been here before; a stranger's mail never waits for the reading of old segments.
    if (remembersId(facts)) await this.#parts.pastKnown;
    const judged = await this.#admit(facts);
    if (judged.kind === 'duplicate') {
      await this.#large?.discard();
      return judged;
    }
    const id = this.#freeId(facts.messageId);
    try {
      return await this.#store(id, judged);
    } catch (cause) {
      judged.inFlight.failed();
      await this.#large?.discard();
      throw cause instanceof SpoolError ? cause : new SpoolError('SPOOL_NOT_DURABLE', { cause });
    } finally {
      this.#parts.idsInFlight.delete(id);
    }
  }

  async abort(): Promise<void> {
    if (this.#isDone) return;
    this.#isDone = true;
    this.#chunks = [];
    await this.#large?.discard();
  }

  /** Judging and marking as in flight are one step: nothing may come between them. */
  async #admit(facts: MessageFacts): Promise<Admitted | Duplicate> {
    const { memory, ownerOf } = this.#parts;
    const keys = keysOf(facts);
    for (;;) {
      const judgement = memory.judge(facts, keys);
      if (judgement.kind === 'wait') {
        await judgement.for;
        continue;
      }
      if (judgement.kind === 'new')
        return { kind: 'new', facts, keys, inFlight: memory.begin(facts, keys) };
      const recipients = facts.envelope.recipients.filter(
        (_, index) => !judgement.recipients.has(index),
      );
      if (recipients.length === 0) {
        const { why, keyAt } = judgement;
        const of = why === 'same-id' ? facts.messageId : ownerOf(keys, keyAt);
        return { kind: 'duplicate', ...(of === undefined ? {} : { of }), why };
      }
      const rest = { ...facts, envelope: { ...facts.envelope, recipients } };
      const restKeys = keysOf(rest);
      return { kind: 'new', facts: rest, keys: restKeys, inFlight: memory.begin(rest, restKeys) };
    }
  }

  #freeId(messageId: string): string {
    const { catalog, idsInFlight } = this.#parts;
    let id = messageId;
    for (let nth = 2; catalog.get(id) !== undefined || idsInFlight.has(id); nth += 1)
      id = `${messageId}-${nth}`;
    idsInFlight.add(id);
    return id;
  }

  async #store(id: string, { facts, keys, inFlight }: Admitted): Promise<Stored> {
    const large = await this.#large?.finish();
    const body = large ? undefined : joined(this.#chunks);
    const told = {
      ...facts,
      id,
      acceptedAtMs: this.#parts.clock.now(),
      sizeBytes: this.#sizeBytes,
      ...(large ? { sha256: large.sha256 } : {}),
    };
    const meta: MessageMeta = large ? { ...told, large: large.name } : told;
    const pending = facts.envelope.recipients.map(({ address }) => address);
    const routes = this.#parts.catalog.intern(this.#parts.routesOf(facts, pending));
    await this.#append({ meta, body, large, keys, routes, inFlight });
    return { kind: 'stored', message: { ...told, pending, outcomes: noOutcomes }, routes };
  }

  #append({ meta, body, large, keys, routes, inFlight }: ToAppend): Promise<void> {
    const { catalog, commits, guard } = this.#parts;
    return new Promise((resolve, reject) => {
      const record = {
        type: recordTypes.message,
        meta: JSON.stringify(meta),
        ...(body ? { body } : {}),
      };
      commits.append({
        record,
        refersTo: [],
        isUrgent: true,
        durable: (segment, offset, headBytes) => {
          segment.keys.add(offset, keys);
          inFlight.stored(meta.id, segment.number, offset);
          guard.noteWritten(headBytes + meta.sizeBytes);
          const { id, acceptedAtMs, sizeBytes } = meta;
          const entry = new Entry({
            id,
            acceptedAtMs,
            sizeBytes,
            large: large?.name,
            routes,
            segment,
            offset,
            headBytes,
          });
          entry.isUnconfirmed = !startsConfirmed(meta);
          catalog.add(entry);
          resolve();
        },
        failed: reject,
      });
    });
  }
}

interface ToAppend {
  readonly meta: MessageMeta;
  readonly body: Buffer | undefined;
  readonly large: FinishedBody | undefined;
  readonly keys: Uint32Array;
  readonly routes: readonly Route[];
  readonly inFlight: InFlight;
}

interface Admitted {
  readonly kind: 'new';
  readonly facts: MessageFacts;
  readonly keys: Uint32Array;
  readonly inFlight: InFlight;
}

type Duplicate = Extract<Commit, { kind: 'duplicate' }>;
type Stored = Extract<Commit, { kind: 'stored' }>;

const noOutcomes: SpooledMessage['outcomes'] = new Map();

/** One piece for one checksum and one hash; most messages came as one or two. */
function joined(chunks: readonly Uint8Array[]): Buffer {
  const [first] = chunks;
  if (chunks.length !== 1 || first === undefined) return Buffer.concat(chunks);
  return Buffer.isBuffer(first)
    ? first
    : Buffer.from(first.buffer, first.byteOffset, first.byteLength);
}

async function durablyOrThrow(write: Promise<void>): Promise<void> {
  try {
    await write;
  } catch (cause) {
    throw new SpoolError('SPOOL_NOT_DURABLE', { cause });
  }
}
