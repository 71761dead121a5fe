// The content index against reading every message, with a real file and its worker.
import assert from 'node:assert/strict';
import { access, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { previewOf, readMessage } from '@restante/mime';
import { seededRandom } from '../../../test/kit/seeded-random.ts';
import { temporaryDirectory } from '../../../test/kit/temporary-directory.ts';
import { until } from '../../../test/kit/until.ts';
import type { ContentIndex, ContentQuery, Described } from '../src/content/content-index.ts';
import { openContentShelf } from '../src/content/content-shelf.ts';
import { folded } from '../src/content/folded-text.ts';
import { isFound, wordsOf } from '../src/content/message-words.ts';
import { letters, type Letters } from './content-messages.ts';

const places = ['text', 'body', 'from', 'to', 'cc', 'bcc', 'subject'] as const;

async function described(
  content: ContentIndex,
  { keys, read }: Letters,
): Promise<readonly Described[]> {
  const all: Described[] = [];
  for await (const batch of content.describe(keys, read)) all.push(...batch);
  return all;
}

function expected({ keys, bytes }: Letters): readonly Described[] {
  return keys.flatMap((key, position) => {
    const message = bytes.get(key);
    if (message === undefined) return [];
    const about = readMessage(message);
    return [{ position, about, preview: previewOf(message, about.structure) }];
  });
}

const found = (keys: ReadonlySet<string>) => [...keys].toSorted();

test('what is described from the file is what the messages say, each read once', async () => {
  await using dir = await temporaryDirectory();
  const some = letters(seededRandom(1), 300);
  some.bytes.set(
    'letter-7',
    Buffer.from(
      'Subject: a\0b\r\nTo: g: x@y;\r\nContent-Type: message/rfc822\r\n\r\nFrom: "" <>\r\n\r\nx',
    ),
  );
  const path = join(dir.path, 'content.sqlite');
  {
    await using shelf = openContentShelf();
    assert.deepEqual(await described(shelf.of(path), some), expected(some));
    await shelf.of(path).close();
  }
  assert.equal(some.reads.count, 300);
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  await using shelf = openContentShelf();
  assert.deepEqual(await described(shelf.of(path), some), expected(some));
  assert.equal(some.reads.count, 300, 'from the file the second time');
  some.bytes.delete('letter-3');
  assert.equal((await described(shelf.of(path), some)).length, 300, 'the file knows it still');
});

test('search finds what reading every message finds (RFC 3501 §6.4.4)', async () => {
  await using dir = await temporaryDirectory();
  await using shelf = openContentShelf();
  const content = shelf.of(join(dir.path, 'content.sqlite'));
  const seed = Math.trunc(Math.random() * 1e9);
  const some = letters(seededRandom(seed), 250);
  const words = new Map(
    [...some.bytes].map(([key, bytes]) => [key, wordsOf(bytes, readMessage(bytes))]),
  );
  for (let round = 0; round < 120; round += 1) {
    // New ones arrive all the time: what is searched is indexed first.
    const keys = some.keys.slice(0, 50 + round * 2);
    const query: ContentQuery = {
      in: places[round % 3 === 0 ? round % 7 : round % 2] ?? 'text',
      words: some.needle(),
    };
    const needle = folded(query.words);
    const naive = keys.filter((key) => isFound(words.get(key)!, query.in, needle));
    assert.deepEqual(
      found(await content.search(query, keys, some.read)),
      naive.toSorted(),
      `seed ${seed}: ${query.in} ${JSON.stringify(query.words)}`,
    );
  }
});

test('letters in either case, blanks of any number, needles of one character, and none', async () => {
  await using dir = await temporaryDirectory();
  await using shelf = openContentShelf();
  const content = shelf.of(join(dir.path, 'content.sqlite'));
  const bytes = Buffer.from(
    'Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\nFrom: a@b\r\n\r\nthe end of\r\n a line\r\n',
  );
  const search = async (place: ContentQuery['in'], words: string) =>
    (await content.search({ in: place, words }, ['one'], async () => Buffer.from(bytes))).size ===
    1;
  assert.equal(await search('subject', 'GRÜSSE'), true);
  assert.equal(await search('text', 'grüße'), true, 'decoded in the header as well');
  assert.equal(await search('body', 'grüße'), false);
  assert.equal(await search('body', 'of a LINE'), true);
  assert.equal(await search('body', 'q'), false);
  assert.equal(await search('body', 'd'), true);
  assert.equal(await search('text', ''), true);
  assert.equal(await search('cc', ''), false, 'it has no such field');
});

test('what was added is indexed when it is quiet, what was forgotten is gone', async () => {
  await using dir = await temporaryDirectory();
  await using shelf = openContentShelf({ quietMs: 20 });
  const content = shelf.of(join(dir.path, 'content.sqlite'));
  const some = letters(seededRandom(3), 150);
  // Of two folders, each of which can read its own only.
  const readers = [some.keys.slice(0, 90), some.keys.slice(90)].map(
    (keys) => async (key: string) => (keys.includes(key) ? some.read(key) : undefined),
  );
  content.added(some.keys.slice(0, 90), readers[0]!);
  content.added(some.keys.slice(90), readers[1]!);
  await until(() => some.reads.count === 150, { what: 'all were read' });
  await content.search({ in: 'text', words: 'haus' }, some.keys, some.read);
  assert.ok(some.reads.count <= 150 + 64, 'at most the batch on its way was read twice');
  const before = some.reads.count;
  content.forget(some.keys.slice(0, 10));
  await until(
    async () => {
      await described(content, some);
      return some.reads.count >= before + 10;
    },
    { what: 'the forgotten are read again' },
  );
});

test('a message that is forgotten and comes back is found', async () => {
  await using dir = await temporaryDirectory();
  await using shelf = openContentShelf({ quietMs: 1 });
  const content = shelf.of(join(dir.path, 'content.sqlite'));
  const some = letters(seededRandom(4), 30);
  const all = { in: 'text', words: 'x-number' } as const;
  for (let round = 0; round < 20; round += 1) {
    assert.equal((await content.search(all, some.keys, some.read)).size, 30, `round ${round}`);
    content.forget(some.keys);
    if (round % 2 === 0) await new Promise((resolve) => setTimeout(resolve, round % 5));
  }
});

test('a damaged file is begun anew, and the answers stay right', async () => {
  await using dir = await temporaryDirectory();
  const path = join(dir.path, 'content.sqlite');
  const some = letters(seededRandom(5), 100);
  const all = { in: 'text', words: 'x-number' } as const;
  const damages: (() => Promise<void>)[] = [
    async () => writeFile(path, 'not a database at all'),
    async () => truncate(path, 5000),
    async () => writeFile(path, Buffer.alloc(20_000, 1)),
    async () => rm(path),
    async () => writeFile(path, ''),
  ];
  for (const damage of damages) {
    await using shelf = openContentShelf();
    const content = shelf.of(path);
    assert.equal((await content.search(all, some.keys, some.read)).size, 100);
    assert.deepEqual(await described(content, some), expected(some));
    await content.close();
    for (const name of await readdir(dir.path))
      if (name !== 'content.sqlite') await rm(join(dir.path, name));
    await damage();
  }
});

test('without a directory nothing is made, and everything is answered by reading', async () => {
  await using dir = await temporaryDirectory();
  const troubles: unknown[] = [];
  await using shelf = openContentShelf({ onTrouble: (trouble) => troubles.push(trouble) });
  const away = join(dir.path, 'away');
  const content = shelf.of(join(away, 'content.sqlite'));
  const some = letters(seededRandom(6), 40);
  assert.deepEqual(await described(content, some), expected(some));
  assert.equal(
    (await content.search({ in: 'text', words: 'x-number' }, some.keys, some.read)).size,
    40,
  );
  assert.ok(troubles.length > 0, 'the operator hears of it');
  await assert.rejects(access(away), 'a mailbox that was moved away does not come back');
});

test('a large message is read by the worker, and the same is said of it', async () => {
  await using dir = await temporaryDirectory();
  await using shelf = openContentShelf();
  const content = shelf.of(join(dir.path, 'content.sqlite'));
  const large = Buffer.from(
    `From: a@b\r\nSubject: large\r\n\r\n${'many words here\r\n'.repeat(50_000)}needle\r\n`,
  );
  const one: Letters = {
    ...letters(seededRandom(7), 1),
    keys: ['large'],
    bytes: new Map([['large', large]]),
    read: async () => Buffer.from(large),
  };
  assert.deepEqual(await described(content, one), expected(one));
  assert.deepEqual(await described(content, one), expected(one));
  assert.equal(
    (await content.search({ in: 'body', words: 'here needle' }, one.keys, one.read)).size,
    1,
  );
});
