// The power fails the moment a site has said 250: when the disk is looked at again, the letter is on it, whole (law 2). The same
// for the moment in which it goes from the spool into a Maildir. Postfix goes through the same harness as control, and a server
// that says 250 without a sync shows that the harness would notice.
//
// RESTANTE_CUTS sets the rounds of each (normal run 8, soak 100 and more).
import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { catMessage, checkSpool, listSpool } from '@restante/spool';
import { startBackupSite } from '../kit/backup-site.ts';
import { Dialogue, numberedLetter } from '../kit/dialogue.ts';
import { numberFrom, report, seed } from '../kit/findings.ts';
import { readMaildirs } from '../kit/maildir.ts';
import { freePort } from '../kit/free-port.ts';
import { postfixMissing, startPostfix } from '../kit/postfix.ts';
import { powerCut, powerCutProblem } from '../kit/power-cut.ts';
import { seededRandom } from '../kit/seeded-random.ts';
import { temporaryDirectory } from '../kit/temporary-directory.ts';
import { until } from '../kit/until.ts';

const cuts = numberFrom('RESTANTE_CUTS', 8);
const skip = (await powerCutProblem()) ?? false;
const sizeMiB = 96;

/** Fits on the small disk, and changes segments often enough to cut there too. */
const small = `
[spool]
free_floor = "1MiB"
free_floor_inodes = 100
segment_max = "1MiB"
small_message_max = "16KiB"
`;
/** By turns: small, small, large enough for a file of its own. */
const sizes = [2000, 9000, 40_000];

test(
  `${cuts} power cuts right after the 250 of a backup: every acknowledged letter is in the spool, whole`,
  { skip },
  async (t) => {
    await using disk = await powerCut({ sizeMiB });
    await using dir = await temporaryDirectory();
    const stateDir = join(disk.mountPoint, 'site');
    await using site = await startBackupSite({
      dir: dir.path,
      stateDir,
      home: `127.0.0.1:${await freePort()}`,
      settings: small,
    });
    const acknowledged: string[] = [];
    for (let cut = 0; cut < cuts; cut += 1) {
      const letter = numberedLetter(cut, {
        from: 'x@stranger.test',
        to: 'ana@home.test',
        sizeBytes: sizes[cut % sizes.length] ?? 0,
      });
      const id = await accept(site.smtp, letter);
      acknowledged.push(id);
      await using after = await disk.cut();
      const spool = join(after.mountPoint, 'site', 'spool');
      await assertWhole(spool, acknowledged);
      assert.equal(
        bodyOf(await textOf(spool, id)).trimEnd(),
        bodyOf(letter.data),
        `${id} is what was sent`,
      );
    }
    report(t, { cuts, lost: 0 });
  },
);

test(
  `${cuts} power cuts during delivery into a Maildir: every acknowledged letter is in the Maildir or in the spool (seed ${seed})`,
  { skip },
  async (t) => {
    await using disk = await powerCut({ sizeMiB });
    await using dir = await temporaryDirectory();
    const stateDir = join(disk.mountPoint, 'site');
    const here = '[[domain]]\nname = "here.test"\nhome = "backup"\n';
    await using site = await startBackupSite({
      dir: dir.path,
      stateDir,
      home: `127.0.0.1:${await freePort()}`,
      settings: `${here}${small}`,
    });
    await writeFile(join(dir.path, 'password'), 'secret-of-a-day\n');
    await site.cli(
      'account',
      'add',
      'ana@here.test',
      '--password-file',
      join(dir.path, 'password'),
    );
    const random = seededRandom(seed);
    const where = { maildir: 0, spool: 0, both: 0 };
    const acknowledged = new Map<string, string>();
    for (let cut = 0; cut < cuts; cut += 1) {
      const letter = numberedLetter(cut, {
        from: 'x@stranger.test',
        to: 'ana@here.test',
        sizeBytes: sizes[cut % sizes.length] ?? 0,
      });
      acknowledged.set(String(cut), letter.data);
      await accept(site.smtp, letter);
      // By turns: when nothing waits any more, when the file shows up, and at any moment in between.
      if (cut % 3 === 0)
        await until(async () => (await site.waiting()) === 0, {
          what: 'it is delivered',
          everyMs: 1,
        });
      if (cut % 3 === 1)
        await until(
          async () =>
            (await readdir(join(stateDir, 'mail', 'here.test', 'ana', 'Maildir', 'new'))).length >
            cut,
          { what: 'the file shows up', everyMs: 1 },
        );
      if (cut % 3 === 2) await pause(random() * 40);
      await using after = await disk.cut();
      const found = join(after.mountPoint, 'site');
      const delivered = new Map(
        (await readMaildirs(join(found, 'mail'))).map((mail) => [
          mail.header('X-Number') ?? '',
          mail.body,
        ]),
      );
      const waiting = await lettersInSpool(join(found, 'spool'));
      for (const [number, data] of acknowledged) {
        const inMaildir = delivered.get(number);
        const inSpool = waiting.get(number);
        assert.ok(
          inMaildir !== undefined || inSpool !== undefined,
          `cut ${cut}, seed ${seed}: letter ${number} is in neither`,
        );
        if (inMaildir !== undefined)
          assert.equal(
            inMaildir.trimEnd(),
            bodyOf(data),
            `cut ${cut}: letter ${number} in the Maildir is whole`,
          );
        if (inSpool !== undefined)
          assert.equal(
            bodyOf(inSpool).trimEnd(),
            bodyOf(data),
            `cut ${cut}: letter ${number} in the spool is whole`,
          );
      }
      const last = String(cut);
      where[delivered.has(last) ? (waiting.has(last) ? 'both' : 'maildir') : 'spool'] += 1;
    }
    report(t, {
      seed,
      cuts,
      lost: 0,
      'found in Maildir': where.maildir,
      'found in spool': where.spool,
      'found in both, so tried again': where.both,
    });
  },
);

test(
  `control: ${cuts} power cuts right after the 250 of Postfix, through the same harness`,
  { skip: skip || (postfixMissing() ?? false) },
  async (t) => {
    await using disk = await powerCut({ sizeMiB });
    const dir = join(disk.mountPoint, 'postfix');
    await using postfix = await startPostfix({ dir, nextHops: [`127.0.0.1:${await freePort()}`] });
    let lost = 0;
    for (let cut = 0; cut < cuts; cut += 1) {
      await accept(
        postfix.endpoint,
        numberedLetter(`pf-${cut}`, {
          from: 'x@stranger.test',
          to: 'ana@home.test',
          sizeBytes: sizes[cut % sizes.length] ?? 0,
        }),
      );
      await using after = await disk.cut();
      if (
        !(await hasQueueFileWith(join(after.mountPoint, 'postfix', 'queue'), `X-Number: pf-${cut}`))
      )
        lost += 1;
    }
    report(t, { cuts, lost });
    assert.equal(lost, 0);
  },
);

test(
  'control: a server that says 250 without a sync loses its letters here',
  { skip },
  async () => {
    await using disk = await powerCut({ sizeMiB });
    await mkdir(join(disk.mountPoint, 'careless'));
    const server = createServer((socket) => {
      let isData = false;
      socket.on('error', () => undefined).write('220 careless.test\r\n');
      socket.on('data', (chunk) => {
        if (isData && !chunk.toString('latin1').endsWith('\r\n.\r\n')) return;
        if (!isData) {
          isData = chunk.toString().startsWith('DATA');
          return void socket.write(isData ? '354 go on\r\n' : '250 ok\r\n');
        }
        isData = false;
        void writeFile(join(disk.mountPoint, 'careless', 'letter'), chunk).then(() =>
          socket.write('250 trust me\r\n'),
        );
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    await accept(
      `127.0.0.1:${port}`,
      numberedLetter(1, { from: 'x@stranger.test', to: 'ana@home.test', sizeBytes: 1000 }),
    );
    await using after = await disk.cut();
    assert.deepEqual(
      await readdir(after.mountPoint).then((names) =>
        names.filter((name) => name !== 'lost+found'),
      ),
      [],
    );
    server.close();
  },
);

/** Sends it and gives the id that the 250 named. */
async function accept(
  endpoint: string,
  letter: ReturnType<typeof numberedLetter>,
): Promise<string> {
  const dialogue = await Dialogue.open(endpoint);
  await dialogue.say('EHLO stranger.test');
  const reply = (await dialogue.send(letter)).at(-1) ?? { code: 0, text: '' };
  // No QUIT: whatever the site does after a goodbye shall not help it.
  dialogue.cut();
  assert.equal(reply.code, 250, reply.text);
  return / as (\S+)/.exec(reply.text)?.[1] ?? '';
}

/** Reads every byte of every message, as "restante spool check" does. */
async function assertWhole(spool: string, acknowledged: readonly string[]): Promise<void> {
  const problems: string[] = [];
  for await (const step of checkSpool(spool)) {
    if (step.kind === 'problem') problems.push(`${step.id}: ${step.problem}`);
  }
  assert.deepEqual(problems, [], 'restante spool check finds nothing');
  const there = new Set<string>();
  for await (const listed of listSpool(spool))
    if (listed.kind === 'message') there.add(listed.message.id);
  assert.deepEqual(
    acknowledged.filter((id) => !there.has(id)),
    [],
    'acknowledged and lost',
  );
}

async function lettersInSpool(spool: string): Promise<Map<string, string>> {
  const letters = new Map<string, string>();
  for await (const listed of listSpool(spool)) {
    assert.equal(listed.kind, 'message');
    if (listed.kind !== 'message') continue;
    const text = await textOf(spool, listed.message.id);
    letters.set(/^X-Number: (.*)\r$/m.exec(text)?.[1] ?? '?', text);
  }
  return letters;
}

async function textOf(spool: string, id: string): Promise<string> {
  const found = await catMessage(spool, id);
  if (found === undefined) return '';
  if (found.body.kind === 'bytes') return found.body.bytes.toString('latin1');
  const pieces: Buffer[] = [];
  for await (const piece of found.body.open()) pieces.push(piece);
  return Buffer.concat(pieces).toString('latin1');
}

function bodyOf(data: string): string {
  return data.slice(data.indexOf('\r\n\r\n') + 4);
}

async function hasQueueFileWith(queue: string, text: string): Promise<boolean> {
  for (const state of ['incoming', 'active', 'deferred']) {
    const names = await readdir(join(queue, state), { recursive: true, withFileTypes: true });
    for (const name of names.filter((entry) => entry.isFile())) {
      if ((await readFile(join(name.parentPath, name.name), 'latin1')).includes(text)) return true;
    }
  }
  return false;
}
