// The backup's copy of a home's recipients: the last snapshot that was received whole, in memory and on disk.
//
// Promises
// - A restart answers from the same snapshot; a damaged file is set aside and reported, and then there is no list.
// - Within one epoch the version only grows. Another epoch is another database (a home that was restored): it replaces.
// - accept() resolves when the snapshot is durable. A disk that refuses it is reported, and memory answers from it anyway:
//   the newest truth is better than the older one, and the home is asked again after a restart.
//
// The file is one line with the SHA-256 of the rest, then the snapshot as JSON. Its mtime is when the home last confirmed it.
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { EventSink } from '@restante/mail-model';
import { type Clock, writeFileDurably } from '@restante/runtime';
import { RecipientsError } from './errors.ts';
import { createListOf } from './list-of-snapshot.ts';
import type { RecipientAnswer, RecipientList, RecipientSnapshot } from './recipient-list.ts';
import { parseSnapshot } from './snapshot-schema.ts';

export interface RecipientMirror {
  /** Always the same object; it answers from the newest snapshot. */
  readonly list: RecipientList;
  /** Takes a snapshot from outside. `same` counts as a confirmation; `refused` was reported as mirror.failed. */
  accept(snapshot: unknown): Promise<'newer' | 'same' | 'refused'>;
  /** The home said that nothing has changed. */
  confirm(): void;
  /** When the home last said so, or sent the snapshot; undefined without a list. */
  readonly confirmedAtMs: number | undefined;
  /** Time since then; undefined without a list. */
  readonly ageMs: number | undefined;
}

export interface MirrorOptions {
  readonly dir: string;
  /** Name of the home's site. */
  readonly peer: string;
  readonly clock: Clock;
  readonly onEvent: EventSink;
}

/** Opens what is on disk; no file is fine, and so is a damaged one. */
export async function openMirror(options: MirrorOptions): Promise<RecipientMirror> {
  await mkdir(options.dir, { recursive: true, mode: 0o700 });
  const mirror = new DiskMirror(options);
  await mirror.load();
  return mirror;
}

class DiskMirror implements RecipientMirror {
  readonly list: RecipientList;
  readonly #options: MirrorOptions;
  readonly #path: string;
  #current = createListOf(undefined);
  #confirmedAtMs: number | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: MirrorOptions) {
    this.#options = options;
    this.#path = join(options.dir, `${encodeURIComponent(options.peer)}.recipients`);
    const current = () => this.#current;
    this.list = {
      lookup: (address: string): RecipientAnswer => current().lookup(address),
      get snapshot() {
        return current().snapshot;
      },
    };
  }

  get confirmedAtMs(): number | undefined {
    return this.#confirmedAtMs;
  }

  get ageMs(): number | undefined {
    return this.#confirmedAtMs === undefined
      ? undefined
      : Math.max(this.#options.clock.now() - this.#confirmedAtMs, 0);
  }

  async load(): Promise<void> {
    try {
      const content = await readFile(this.#path);
      const snapshot = unsealed(content);
      this.#checkSite(snapshot);
      this.#current = createListOf(snapshot);
      this.#confirmedAtMs = (await stat(this.#path)).mtimeMs;
    } catch (cause) {
      if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return;
      this.#report(new RecipientsError('MIRROR_DAMAGED', { about: this.#path, cause }));
      // For whoever wants to know what happened. If even that fails, the next snapshot overwrites it.
      await rename(this.#path, `${this.#path}.damaged`).catch(() => undefined);
    }
  }

  accept(input: unknown): Promise<'newer' | 'same' | 'refused'> {
    // One after the other, so that two answers cannot overtake each other on their way to the disk.
    const turn = this.#turn.then(() => this.#accept(input));
    this.#turn = turn;
    return turn;
  }

  confirm(): void {
    if (this.#current.snapshot === undefined) return;
    this.#confirmedAtMs = this.#options.clock.now();
    const seconds = this.#confirmedAtMs / 1000;
    // Only for the age that is shown after a restart: not worth a sync, and harmless when it fails.
    this.#turn = this.#turn.then(() => utimes(this.#path, seconds, seconds)).catch(() => undefined);
  }

  async #accept(input: unknown): Promise<'newer' | 'same' | 'refused'> {
    const parsed = parseSnapshot(input);
    if (!parsed.ok)
      return this.#refuse(new RecipientsError('SNAPSHOT_INVALID', { about: parsed.problem }));
    const snapshot = parsed.value;
    try {
      this.#checkSite(snapshot);
    } catch (cause) {
      return this.#refuse(cause);
    }
    const former = this.#current.snapshot;
    if (former?.epoch === snapshot.epoch && snapshot.version < former.version) {
      return this.#refuse(
        new RecipientsError('SNAPSHOT_WENT_BACK', {
          about: `${former.version} to ${snapshot.version}`,
        }),
      );
    }
    if (former?.epoch === snapshot.epoch && snapshot.version === former.version) {
      this.confirm();
      return 'same';
    }
    await this.#save(snapshot);
    this.#current = createListOf(snapshot);
    this.#confirmedAtMs = this.#options.clock.now();
    const recipients = snapshot.domains.reduce((sum, domain) => sum + domain.entries.length, 0);
    this.#options.onEvent({
      name: 'mirror.updated',
      peer: this.#options.peer,
      version: snapshot.version,
      recipients,
    });
    return 'newer';
  }

  async #save(snapshot: RecipientSnapshot): Promise<void> {
    try {
      await writeFileDurably(this.#path, sealed(snapshot));
    } catch (cause) {
      this.#report(new RecipientsError('MIRROR_NOT_SAVED', { about: this.#path, cause }));
    }
  }

  #checkSite({ site }: RecipientSnapshot): void {
    if (site !== this.#options.peer)
      throw new RecipientsError('SNAPSHOT_OF_ANOTHER_SITE', { about: site });
  }

  #refuse(cause: unknown): 'refused' {
    this.#report(cause);
    return 'refused';
  }

  #report(cause: unknown): void {
    this.#options.onEvent({ name: 'mirror.failed', peer: this.#options.peer, cause });
  }
}

function sealed(snapshot: RecipientSnapshot): string {
  const json = JSON.stringify(snapshot);
  return `sha256 ${digest(json)}\n${json}\n`;
}

function unsealed(content: Buffer): RecipientSnapshot {
  const newline = content.indexOf(0x0a);
  const json = content.toString('utf8', newline + 1, content.length - 1);
  if (content.toString('latin1', 0, newline) !== `sha256 ${digest(json)}`)
    throw new Error('The checksum does not fit.');
  const parsed = parseSnapshot(JSON.parse(json));
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.value;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
