// The mirror on disk: what survives, what is refused, and that damage is never a guess.
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { RestanteEvent } from '@restante/mail-model';
import {
  openMirror,
  type RecipientMirror,
  RecipientsError,
  type RecipientSnapshot,
} from '../src/index.ts';

interface MirrorHome extends AsyncDisposable {
  readonly dir: string;
  readonly events: RestanteEvent[];
  nowMs: number;
  open(peer?: string): Promise<RecipientMirror>;
}

async function makeHome(): Promise<MirrorHome> {
  const dir = await mkdtemp(join(tmpdir(), 'mirror-'));
  const home: MirrorHome = {
    dir,
    events: [],
    nowMs: 1_800_000_000_000,
    open: (peer = 'us') => {
      const clock = {
        now: () => home.nowMs,
        monotonicMs: () => home.nowMs,
        sleep: async () => undefined,
      };
      return openMirror({ dir, peer, clock, onEvent: (event) => home.events.push(event) });
    },
    [Symbol.asyncDispose]: () => rm(dir, { recursive: true }),
  };
  return home;
}

function snapshotOf(version: number, people: readonly string[], epoch = 'e1'): RecipientSnapshot {
  const entries = people.map((local) => ({ local, state: 'active' as const }));
  return {
    version,
    epoch,
    site: 'us',
    madeAtMs: 1,
    domains: [{ name: 'x.test', tagSeparator: '+', isCaseSensitive: false, entries }],
  };
}

test('the last snapshot survives a restart, and its age goes on', async () => {
  await using home = await makeHome();
  const mirror = await home.open();
  const { list } = mirror;
  assert.deepEqual(
    [list.lookup('ana@x.test').kind, mirror.ageMs, list.snapshot],
    ['no-list', undefined, undefined],
  );
  assert.equal(await mirror.accept(snapshotOf(1, ['ana'])), 'newer');
  assert.equal(
    list.lookup('ana@x.test').kind,
    'known',
    'the list that was handed out before answers anew',
  );
  home.nowMs += 5000;
  assert.equal(mirror.ageMs, 5000);
  mirror.confirm();
  assert.equal(mirror.ageMs, 0);
  // accept() comes after the note on the disk that confirm() makes.
  assert.equal(await mirror.accept(snapshotOf(1, ['ana'])), 'same');
  assert.equal(await mirror.accept(snapshotOf(0, [])), 'refused');
  const again = await home.open();
  assert.equal(again.list.lookup('ana@x.test').kind, 'known');
  assert.equal(again.confirmedAtMs, home.nowMs);
});

test('within an epoch the version only grows; another epoch replaces it', async () => {
  await using home = await makeHome();
  const mirror = await home.open();
  assert.equal(await mirror.accept(snapshotOf(5, ['ana'])), 'newer');
  assert.equal(await mirror.accept(snapshotOf(4, ['eve'])), 'refused');
  assert.equal(await mirror.accept(snapshotOf(5, ['eve'])), 'same');
  assert.equal(mirror.list.lookup('eve@x.test').kind, 'unknown');
  assert.equal(await mirror.accept(snapshotOf(1, ['bob'], 'e2')), 'newer');
  assert.equal(mirror.list.lookup('ana@x.test').kind, 'unknown');
  assert.deepEqual(codesOf(home), ['SNAPSHOT_WENT_BACK']);
});

test("what is no snapshot, or another site's, changes nothing", async () => {
  await using home = await makeHome();
  const mirror = await home.open();
  await mirror.accept(snapshotOf(1, ['ana']));
  for (const hostile of [undefined, null, 'x', [], {}, { ...snapshotOf(2, []), domains: 'x' }])
    assert.equal(await mirror.accept(hostile), 'refused');
  assert.equal(await mirror.accept({ ...snapshotOf(2, []), site: 'other' }), 'refused');
  assert.equal(mirror.list.lookup('ana@x.test').kind, 'known');
  assert.deepEqual(
    new Set(codesOf(home)),
    new Set(['SNAPSHOT_INVALID', 'SNAPSHOT_OF_ANOTHER_SITE']),
  );
});

test('a damaged file is no list, an event and a file set aside; the next snapshot heals it', async () => {
  const damages: readonly ((path: string) => Promise<void>)[] = [
    (path) => truncate(path, 100),
    (path) => truncate(path, 0),
    (path) => writeFile(path, Buffer.alloc(500)),
    async (path) => writeFile(path, (await readFile(path, 'utf8')).replace('"ana"', '"eve"')),
    async (path) => writeFile(path, (await readFile(path, 'utf8')).replace('sha256 ', 'sha256 0')),
  ];
  for (const damage of damages) {
    await using home = await makeHome();
    await (await home.open()).accept(snapshotOf(3, ['ana']));
    await damage(join(home.dir, 'us.recipients'));
    home.events.length = 0;
    const mirror = await home.open();
    assert.deepEqual(mirror.list.lookup('ana@x.test'), { kind: 'no-list' });
    assert.deepEqual(codesOf(home), ['MIRROR_DAMAGED']);
    assert.deepEqual(await readdir(home.dir), ['us.recipients.damaged']);
    assert.equal(await mirror.accept(snapshotOf(3, ['ana'])), 'newer');
    assert.equal((await home.open()).list.lookup('ana@x.test').kind, 'known');
  }
});

test('a disk that refuses the snapshot is reported, and memory answers from it', async () => {
  await using home = await makeHome();
  const mirror = await home.open();
  await rm(home.dir, { recursive: true });
  assert.equal(await mirror.accept(snapshotOf(1, ['ana'])), 'newer');
  assert.equal(mirror.list.lookup('ana@x.test').kind, 'known');
  assert.deepEqual(codesOf(home), ['MIRROR_NOT_SAVED']);
  await writeFile(home.dir, '');
});

test('answers that overtake each other end with the newest', async () => {
  await using home = await makeHome();
  const mirror = await home.open();
  const versions = [3, 1, 5, 2, 4];
  const answers = await Promise.all(
    versions.map((version) => mirror.accept(snapshotOf(version, [`p${version}`]))),
  );
  assert.deepEqual(answers, ['newer', 'refused', 'newer', 'refused', 'refused']);
  assert.equal((await home.open()).list.snapshot?.version, 5);
});

function codesOf({ events }: MirrorHome): readonly string[] {
  return events.flatMap((event) =>
    event.name === 'mirror.failed' && event.cause instanceof RecipientsError
      ? [event.cause.code]
      : [],
  );
}
