// The recipients file of a home that is not Restante, watched while it changes.
import assert from 'node:assert/strict';
import { mkdtemp, rename, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RestanteEvent } from '@restante/mail-model';
import { systemClock } from '@restante/runtime';
import { readRecipientsFile, type RecipientsFile } from '../src/index.ts';

interface Watched extends AsyncDisposable {
  readonly file: RecipientsFile;
  readonly path: string;
  readonly events: RestanteEvent[];
}

async function watch(content: string | undefined): Promise<Watched> {
  const dir = await mkdtemp(join(tmpdir(), 'recipients-'));
  const path = join(dir, 'people');
  if (content !== undefined) await writeFile(path, content);
  const events: RestanteEvent[] = [];
  const domains = [{ name: 'x.test', tagSeparator: '+', isCaseSensitive: false }];
  const onEvent = (event: RestanteEvent) => events.push(event);
  const file = await readRecipientsFile({
    path,
    home: 'exchange',
    domains,
    clock: systemClock,
    onEvent,
    pollIntervalMs: 10,
  });
  return {
    file,
    path,
    events,
    async [Symbol.asyncDispose]() {
      file[Symbol.dispose]();
      await rm(dir, { recursive: true });
    },
  };
}

test('a changed file is used by itself, written in place or replaced', async () => {
  await using watched = await watch('ana@x.test\n');
  const { list } = watched.file;
  assert.equal(list.lookup('ana+x@x.test').kind, 'known');
  assert.equal(list.lookup('bob@x.test').kind, 'unknown');
  await writeFile(watched.path, 'ana@x.test\nbob@x.test OK\n');
  await until(() => list.lookup('bob@x.test').kind === 'known');
  await writeFile(`${watched.path}.new`, 'carl@x.test\n');
  await rename(`${watched.path}.new`, watched.path);
  await until(() => list.lookup('carl@x.test').kind === 'known');
  assert.equal(list.lookup('ana@x.test').kind, 'unknown');
});

test('a broken, emptied or missing file keeps the last good list and says why, with the line', async () => {
  await using watched = await watch('ana@x.test\n');
  const breaks = [
    () => writeFile(watched.path, 'bob@x.test\nnonsense\n'),
    () => writeFile(watched.path, ''),
    () => unlink(watched.path),
  ];
  for (const [index, breakIt] of breaks.entries()) {
    await breakIt();
    await until(
      () => watched.events.filter(({ name }) => name === 'mirror.failed').length === index + 1,
    );
    assert.equal(watched.file.list.lookup('ana@x.test').kind, 'known');
    assert.equal(watched.file.list.lookup('bob@x.test').kind, 'unknown');
    assert.equal(watched.file.problems.length, 1);
  }
  const [first] = watched.events.filter((event) => event.name === 'mirror.failed');
  assert.match(String(first?.cause), /line 2: /);
  await writeFile(watched.path, 'bob@x.test\n');
  await until(() => watched.file.list.lookup('bob@x.test').kind === 'known');
  assert.deepEqual(watched.file.problems, []);
});

test('a file that was never good is no list, never a guess', async () => {
  for (const content of [undefined, '', 'nonsense\nana@x.test\n']) {
    await using watched = await watch(content);
    assert.deepEqual(watched.file.list.lookup('ana@x.test'), { kind: 'no-list' });
    assert.equal(watched.file.problems.length, 1);
    assert.equal(watched.events[0]?.name, 'mirror.failed');
  }
});

async function until(condition: () => boolean): Promise<void> {
  for (const endMs = Date.now() + 5000; !condition(); await sleep(5))
    assert.ok(Date.now() < endMs, 'It did not happen within 5 s.');
}
