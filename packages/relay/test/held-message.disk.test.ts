// The bytes of a message until its signature is made: small in memory, large in a file that has no name.
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { HeldMessage } from '../src/held-message.ts';

async function held(text: string, size: number) {
  const dir = await mkdtemp(join(tmpdir(), 'held-'));
  const message = new HeldMessage({ dir: join(dir, 'bodies'), memoryMaxBytes: 1_000 });
  try {
    for (let at = 0; at < text.length; at += size) {
      await message.keep(message.take(Buffer.from(text.slice(at, at + size), 'latin1')));
    }
    const bodies: string[] = [];
    for (let round = 0; round < 2; round += 1) {
      const pieces: Buffer[] = [];
      for await (const piece of message.body()) pieces.push(piece);
      bodies.push(Buffer.concat(pieces).toString('latin1'));
    }
    const files = await readdir(join(dir, 'bodies')).catch(() => undefined);
    return { header: message.header.toString('latin1'), bodies, files };
  } finally {
    await message.forget();
    await rm(dir, { recursive: true, force: true });
  }
}

test('header and body come apart however they were cut, and the body can be read twice', async () => {
  const cases = [
    ['A: b\r\nC: d\r\n\r\nbody\r\n\r\nmore\r\n', 'A: b\r\nC: d\r\n', 'body\r\n\r\nmore\r\n'],
    ['\r\nbody\r\n', '', 'body\r\n'],
    ['A: b\r\n', 'A: b\r\n', ''],
    ['A: b\r\n\r\n', 'A: b\r\n', ''],
    ['', '', ''],
  ] as const;
  for (const [text, header, body] of cases) {
    for (const size of [1, 2, 3, 5, 1_000]) {
      const found = await held(text, size);
      assert.deepEqual([found.header, ...found.bodies], [header, body, body], `${size}: ${text}`);
      assert.equal(found.files, undefined, 'small ones touch no disk');
    }
  }
});

test('a large body waits in a file without a name: a crash leaves nothing', async () => {
  const body = `${'0123456789'.repeat(10)}\r\n`.repeat(2_000);
  const found = await held(`A: b\r\n\r\n${body}`, 4_096);
  assert.ok(found.bodies.every((each) => each === body));
  assert.deepEqual(found.files, []);
});

test('a client that goes away while its body moves to the disk leaves no open file, which would end the process', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'held-'));
  const ownFiles = async () => {
    const links = await readdir('/proc/self/fd');
    const targets = await Promise.all(
      links.map(async (link) => readlink(`/proc/self/fd/${link}`).catch(() => '')),
    );
    return targets.filter((target) => target.startsWith(dir));
  };
  try {
    const message = new HeldMessage({ dir, memoryMaxBytes: 10 });
    const kept = message.keep(Buffer.alloc(1_000, 'x'));
    await message.forget();
    await kept.catch(() => undefined);
    assert.deepEqual(await ownFiles(), []);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});

test('a body that comes byte by byte is not kept as a hundred thousand pieces', async () => {
  const message = new HeldMessage({ dir: tmpdir(), memoryMaxBytes: 100_000 });
  message.take(Buffer.from('A: b\r\n\r\n'));
  for (let at = 0; at < 100_000; at += 1) await message.keep(Buffer.from('x'));
  const pieces: Buffer[] = [];
  for await (const piece of message.body()) pieces.push(piece);
  assert.ok(pieces.length < 100, `${pieces.length} pieces`);
  assert.equal(Buffer.concat(pieces).toString(), 'x'.repeat(100_000));
  await message.forget();
});
