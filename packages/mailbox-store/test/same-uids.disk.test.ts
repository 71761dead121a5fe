// Whatever happens in whatever order: what was acknowledged with a UID is there for whoever asks next, with that UID.
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Folder } from '../src/index.ts';
import { type IdleMailbox, makeIdle } from './idle-mailbox.ts';
import { fill, openFolder } from './mailbox-for-tests.ts';
import { messageTo } from './store-for-tests.ts';

const steps = Number(process.env['RESTANTE_STEPS'] ?? 120);
const folders = ['INBOX', 'Archive'] as const;
type Name = (typeof folders)[number];

/** What a reader knows, and does with the mailbox; `expected` are the UIDs that were acknowledged and not taken away. */
class Reader {
  readonly made: IdleMailbox;
  readonly isWatching: boolean;
  readonly expected = { INBOX: new Set<number>(), Archive: new Set<number>() };
  readonly told = { INBOX: new Set<number>(), Archive: new Set<number>() };
  readonly held = new Map<Name, Folder>();
  #deliveries = 0;

  constructor(made: IdleMailbox, isWatching: boolean) {
    this.made = made;
    this.isWatching = isWatching;
  }

  async deliver(): Promise<void> {
    const count = randomInt(1, 4);
    const work: Promise<unknown>[] = Array.from({ length: count }, async () => {
      this.#deliveries += 1;
      const answer = await this.made.made.store.append(messageTo('ana', `m${this.#deliveries}`));
      assert.equal(answer.kind, 'stored');
      if (answer.kind === 'stored') this.#gained('INBOX', answer.uid);
      if (randomInt(2) === 0) await this.see('INBOX', [answer.kind === 'stored' ? answer.uid : 0]);
    });
    // Somebody opens it and looks while mail comes in.
    if (randomInt(2) === 0) work.push(this.see('INBOX', []));
    await Promise.all(work);
  }

  async hold(name: Name): Promise<void> {
    if (this.held.has(name)) return;
    const folder = await openFolder(this.made.mailbox, name);
    if (this.isWatching) folder.onChange(() => undefined);
    this.held.set(name, folder);
  }

  async letGo(): Promise<void> {
    for (const folder of this.held.values()) await folder[Symbol.asyncDispose]();
    this.held.clear();
  }

  async append(name: Name): Promise<void> {
    await using folder = await openFolder(this.made.mailbox, name);
    for (const uid of await fill(folder, ['a', 'b'])) this.#gained(name, uid);
  }

  async change(name: Name, what: 'flags' | 'expunge' | 'copy' | 'move'): Promise<void> {
    await using folder = await openFolder(this.made.mailbox, name);
    const uids = [...this.expected[name]].filter(() => randomInt(4) === 0);
    const to = name === 'INBOX' ? 'Archive' : 'INBOX';
    if (what === 'flags') await folder.setFlags(uids, { how: 'add', flags: [String.raw`\Seen`] });
    if (what === 'expunge') await folder.expunge({ uids, evenUnflagged: true });
    if (what === 'copy' || what === 'move') {
      const answer = await folder[what](uids, to);
      assert.equal(answer.kind, 'copied');
      if (answer.kind === 'copied') for (const pair of answer.pairs) this.#gained(to, pair.to);
    }
    if (what === 'expunge' || what === 'move')
      for (const uid of uids) this.expected[name].delete(uid);
  }

  async loseIndex(): Promise<void> {
    for (const suffix of ['', '-wal', '-shm'])
      await rm(join(this.made.dir, '..', `index.sqlite${suffix}`), { force: true });
  }

  /** By STATUS, by who has it open, or by who opens it now. */
  async see(name: Name, uids: readonly number[]): Promise<readonly number[]> {
    const held = this.held.get(name);
    if (held) await held.refresh();
    await using folder = held ? undefined : await openFolder(this.made.mailbox, name);
    const found = (held ?? folder)?.messages.map(({ uid }) => uid) ?? [];
    for (const uid of uids) assert.ok(found.includes(uid), `UID ${uid} is in ${name}`);
    return found;
  }

  async check(): Promise<void> {
    for (const name of folders) {
      const expected = [...this.expected[name]].sort((left, right) => left - right);
      if (randomInt(2) === 0)
        assert.equal((await this.made.mailbox.status(name))?.messages, expected.length, name);
      if (randomInt(2) === 0) assert.deepEqual(await this.see(name, []), expected, name);
    }
  }

  /** And back again, for the files' times are real ones: a clock far before them would trust them all. */
  async checkAfter(ms: number): Promise<void> {
    this.made.passMs(ms);
    await this.check();
    this.made.passMs(-ms);
  }

  #gained(name: Name, uid: number): void {
    assert.ok(!this.told[name].has(uid), 'a UID is given once');
    this.told[name].add(uid);
    this.expected[name].add(uid);
  }
}

for (const isWatching of [false, true]) {
  for (const isIndexLost of [false, true]) {
    const how = `${isWatching ? 'watching' : 'asking'}, ${isIndexLost ? 'with indexes lost' : 'with its index'}`;
    test(`what was acknowledged with a UID is seen at once and keeps it, in any order of events, ${how} (RFC 3501 §2.3.1.1)`, async (context) => {
      await using made = await makeIdle(context);
      const reader = new Reader(made, isWatching);
      const events: readonly (readonly [string, () => Promise<void>])[] = [
        ['deliver', () => reader.deliver()],
        ['deliver', () => reader.deliver()],
        ['append', () => reader.append('Archive')],
        ['append inbox', () => reader.append('INBOX')],
        ['hold', () => reader.hold('INBOX')],
        ['hold archive', () => reader.hold('Archive')],
        ['let go', () => reader.letGo()],
        ['leave alone', async () => reader.letGo().then(() => made.leaveAlone())],
        ['leave alone', async () => reader.letGo().then(() => made.leaveAlone())],
        ['a second passes', () => reader.checkAfter(1000)],
        ['eleven seconds pass', () => reader.checkAfter(11_000)],
        ['flags', () => reader.change('INBOX', 'flags')],
        ['expunge', () => reader.change('INBOX', 'expunge')],
        ['copy', () => reader.change('Archive', 'copy')],
        ['move', () => reader.change('INBOX', 'move')],
        ['move back', () => reader.change('Archive', 'move')],
        ...(isIndexLost ? [['lose index', () => reader.loseIndex()] as const] : []),
      ];
      const done: string[] = [];
      for (let step = 0; step < steps; step += 1) {
        const [what, work] = events[randomInt(events.length)] ?? ['nothing', async () => undefined];
        done.push(what);
        try {
          await work();
          await reader.check();
        } catch (cause) {
          throw new Error(`After ${done.slice(-12).join(', ')}`, { cause });
        }
      }
      await reader.letGo();
    });
  }
}
