// Segments that were changed on the disk by chance: reading them never fails as a whole, never gives wrong bytes, and loses nothing but
// what was changed.
import assert from 'node:assert/strict';
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { acceptVerdict, createMessageIdMaker, smtpReply } from '@restante/mail-model';
import { systemClock } from '@restante/runtime';
import { checkSpool, openSpool, type Spool, type SpoolOptions } from '@restante/spool';
import { seededRandom } from '../../kit/seeded-random.ts';
import { temporaryDirectory } from '../../kit/temporary-directory.ts';
import { below, oneOf, randomBytes, type Random, type Target } from '../target.ts';

const messages = 40;
const to = 'ana@example.test';

interface Stored {
  readonly id: string;
  readonly body: Buffer;
  /** Where its record lies. */
  readonly file: string;
  readonly from: number;
  readonly end: number;
}

export const spoolSegments: Target = {
  name: 'spool-segments',
  async open() {
    const base = await temporaryDirectory();
    // One that was closed in order, one as a kill leaves it.
    const closed = await makeSpool(join(base.path, 'closed'), { isClosed: true });
    const killed = await makeSpool(join(base.path, 'killed'), { isClosed: false });
    return {
      async round(random) {
        await using dir = await temporaryDirectory();
        const made = oneOf(random, [closed, killed]);
        const spoolDir = join(dir.path, 'spool');
        await cp(made.dir, spoolDir, { recursive: true });
        const damage = await damageSome(random, spoolDir, made.stored);
        // Looking comes first, as an operator would; it changes nothing.
        for await (const _ of checkSpool(spoolDir));
        await using spool = await openSpool(optionsFor(spoolDir));
        await spool.loaded;
        for (const one of made.stored) await compare(spool, one, damage.touches(one));
      },
      [Symbol.asyncDispose]: async () => await base[Symbol.asyncDispose](),
    };
  },
};

async function compare(spool: Spool, { id, body }: Stored, isTouched: boolean): Promise<void> {
  if (!spool.has(id)) {
    assert.ok(isTouched, `${id} was not changed and is lost`);
    return;
  }
  const found = await spool.readWithBody(id).catch((cause: unknown) => {
    assert.ok(isTouched, `${id} was not changed and cannot be read: ${String(cause)}`);
  });
  if (found?.body.kind === 'bytes')
    assert.ok(found.body.bytes.equals(body), `${id} was given with wrong bytes`);
  else assert.ok(isTouched, `${id} has lost its body`);
}

interface Damage {
  touches(one: Stored): boolean;
}

/** One or two places of one segment. */
async function damageSome(random: Random, dir: string, stored: readonly Stored[]): Promise<Damage> {
  const files = [...new Set(stored.map(({ file }) => file))];
  const file = files[below(random, files.length)] ?? '';
  const path = join(dir, 'segments', file);
  const bytes = await readFile(path);
  const ranges: [number, number][] = [];
  let changed = bytes;
  for (let times = 1 + below(random, 2); times > 0; times -= 1) {
    const from = below(random, changed.length);
    const length = Math.min(oneOf(random, [1, 1, 4, 64, 4096]), changed.length - from);
    if (below(random, 4) === 0) {
      changed = changed.subarray(0, from);
      ranges.push([from, Infinity]);
      break;
    }
    const piece = oneOf(random, [
      () => Buffer.alloc(length),
      () => randomBytes(random, length),
      () =>
        Buffer.from(
          changed.subarray(from, from + length).map((byte) => byte ^ (1 << below(random, 8))),
        ),
    ])();
    piece.copy(changed, from);
    ranges.push([from, from + length]);
  }
  if (below(random, 5) === 0)
    changed = Buffer.concat([changed, randomBytes(random, 1 + below(random, 2000))]);
  await writeFile(path, changed);
  return {
    touches: (one) =>
      one.file === file && ranges.some(([from, end]) => from < one.end && end > one.from),
  };
}

async function makeSpool(
  dir: string,
  { isClosed }: { readonly isClosed: boolean },
): Promise<{ readonly dir: string; readonly stored: readonly Stored[] }> {
  const random = seededRandom(7);
  const ids = createMessageIdMaker();
  const source = isClosed ? dir : `${dir}-running`;
  const kept = new Map<string, Buffer>();
  {
    await using spool = await openSpool(optionsFor(source));
    for (let number = 0; number < messages; number += 1) {
      const body = Buffer.concat([
        Buffer.from(`Subject: ${number}\r\n\r\n`),
        Buffer.from(randomBytes(random, 20 + below(random, 4000)).toString('base64')),
      ]);
      const writer = spool.begin({});
      await writer.write(body);
      const commit = await writer.commit({
        messageId: ids.next(Date.now()),
        envelope: {
          sender: 'bob@sender.test',
          recipients: [{ address: to }],
          body: '8bitmime',
          smtpUtf8: false,
        },
        origin: {
          site: 'test',
          clientAddress: '192.0.2.1',
          helo: 'client.test',
          protocol: 'ESMTP',
          receivedAtMs: Date.now(),
        },
        verdict: acceptVerdict,
        fingerprint: `fingerprint-${number}`,
        path: [],
      });
      assert.equal(commit.kind, 'stored');
      if (commit.kind !== 'stored') continue;
      // Some are finished, some are held: records of other kinds in between.
      if (number % 7 === 3)
        await spool.finish(commit.message.id, [
          {
            recipient: to,
            outcome: { kind: 'delivered', reply: smtpReply(250, '2.0.0', 'ok'), by: 'test' },
          },
        ]);
      else kept.set(commit.message.id, body);
      if (number % 11 === 5 && kept.has(commit.message.id))
        await spool.hold(commit.message.id, 'looked at');
    }
    if (!isClosed)
      await cp(source, dir, { recursive: true, filter: (path) => !/\/lock[^/]*$/.test(path) });
  }
  return { dir, stored: await findRecords(dir, kept) };
}

/** Every record begins with its segment's marker, which is part of the file's name. */
async function findRecords(
  dir: string,
  kept: ReadonlyMap<string, Buffer>,
): Promise<readonly Stored[]> {
  const stored: Stored[] = [];
  for (const file of await readdir(join(dir, 'segments'))) {
    const bytes = await readFile(join(dir, 'segments', file));
    const marker = bytes.subarray(0, 8);
    assert.ok(file.includes(marker.toString('hex')), `${file} names its marker`);
    const starts: number[] = [];
    for (let at = 0; at !== -1; at = bytes.indexOf(marker, at + 1)) starts.push(at);
    for (const [id, body] of kept) {
      const at = bytes.indexOf(body);
      if (at === -1) continue;
      stored.push({
        id,
        body,
        file,
        from: starts.findLast((start) => start < at) ?? 0,
        end: at + body.length,
      });
    }
  }
  assert.equal(stored.length, kept.size);
  return stored;
}

function optionsFor(dir: string): SpoolOptions {
  return {
    dir,
    site: 'test',
    smallMessageMaxBytes: 64 * 1024,
    segmentMaxBytes: 32 * 1024,
    freeFloorBytes: 0,
    freeFloorInodes: 0,
    rememberMs: 3_600_000,
    routesOf: () => ['internet'],
    onEvent: () => undefined,
    clock: systemClock,
  };
}
