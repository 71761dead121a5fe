// The disk fails under a running site: at every call of an accept, and by running full. Never a 250 for what is not on disk (law 2),
// never the loss of what was, and as soon as the disk works again mail is taken again.
//
// RESTANTE_FAULTS_EACH bounds the call numbers tried for each system call (normal run 2); the soak goes on until a number hits nothing.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { listSpool } from '@restante/spool';
import { startBackupSite, type BackupSite } from '../kit/backup-site.ts';
import { Dialogue, numberedLetter, sendLetter, type Reply } from '../kit/dialogue.ts';
import { numberFrom, report } from '../kit/findings.ts';
import { freePort } from '../kit/free-port.ts';
import { powerCutProblem, smallDisk } from '../kit/power-cut.ts';
import { startScriptedHome } from '../kit/scripted-home.ts';
import { temporaryDirectory } from '../kit/temporary-directory.ts';
import { until } from '../kit/until.ts';

const faultsEach = numberFrom('RESTANTE_FAULTS_EACH', 2);
/** Everything an accept asks of the disk, and how it may fail. Not write(): the same thread wakes the others by it. */
const faults = [
  ['fdatasync', 'EIO'],
  ['fsync', 'EIO'],
  ['pwritev', 'ENOSPC'],
  ['pwrite64', 'EIO'],
  ['writev', 'ENOSPC'],
  ['openat', 'EMFILE'],
  ['rename', 'EIO'],
  ['close', 'EIO'],
  ['statfs', 'EIO'],
] as const;
/** One that shares a segment, one with a file of its own. */
const sizes = [3000, 60_000];

test(
  `a disk that fails at call number 1, 2 ... of an accept: 451 or a 250 that holds, never a 250 for nothing (law 2)`,
  { skip: straceProblem() },
  async (t) => {
    await using dir = await temporaryDirectory();
    const port = await freePort();
    await using site = await startBackupSite({
      dir: join(dir.path, 'site'),
      home: `127.0.0.1:${port}`,
      // strace counts calls by thread: one thread for the disk makes the numbers those of the accept.
      env: { UV_THREADPOOL_SIZE: '1' },
      settings:
        '[spool]\nsmall_message_max = "16KiB"\nsegment_max = "1MiB"\n[health]\nprobe_interval = "500ms"\n',
    });
    const acknowledged: string[] = [];
    const counts = { faults: 0, refused: 0, 'acknowledged under fault': 0, 'next not taken': 0 };
    let number = 0;
    const offer = async (sizeBytes: number): Promise<Reply> => {
      number += 1;
      const reply = await sendLetter(
        site.smtp,
        numberedLetter(number, { from: 'x@stranger.test', to: 'ana@home.test', sizeBytes }),
      );
      if (reply.code === 250) acknowledged.push(String(number));
      return reply;
    };

    for (const sizeBytes of sizes) {
      for (const [call, error] of faults) {
        for (let nth = 1; nth <= faultsEach; nth += 1) {
          await using fault = await injectInto(site, { call, error, nth, dir: dir.path });
          const reply = await offer(sizeBytes);
          const hit = await fault.end();
          if (!hit) break; // An accept makes fewer calls of this kind.
          counts.faults += 1;
          assert.ok(
            reply.code === 250 || (reply.code >= 400 && reply.code < 500),
            `${error} from ${call} number ${nth}: ${reply.text}`,
          );
          counts[reply.code === 250 ? 'acknowledged under fault' : 'refused'] += 1;
          const next = await until(
            async () => {
              const again = await offer(sizeBytes);
              if (again.code !== 250) counts['next not taken'] += 1;
              return again.code === 250 && again;
            },
            {
              what: `the site takes mail again after ${error} from ${call} number ${nth}`,
              deadlineMs: 10_000,
              everyMs: 100,
            },
          );
          assert.equal(next.code, 250);
        }
      }
    }
    assert.ok(counts.refused > 0, 'some faults did hit');

    // What was acknowledged is on disk also for somebody who was not there: killed, read offline, then brought home.
    await site.kill();
    const there: string[] = [];
    for await (const listed of listSpool(join(site.stateDir, 'spool'))) {
      assert.equal(listed.kind, 'message');
      if (listed.kind === 'message') there.push(listed.message.id);
    }
    assert.ok(
      there.length >= acknowledged.length,
      `${acknowledged.length} acknowledged, ${there.length} in the spool`,
    );
    await using home = await startScriptedHome({ port });
    await site.start();
    await until(async () => (await site.waiting()) === 0, {
      what: 'everything is handed over',
      deadlineMs: 60_000,
    });
    const arrived = home.taken.map((body) => /^X-Number: (\d+)/m.exec(body)?.[1] ?? '?');
    const lost = acknowledged.filter((one) => !arrived.includes(one));
    const twice = arrived.length - new Set(arrived).size;
    report(t, { ...counts, acknowledged: acknowledged.length, lost: lost.length, twice });
    assert.deepEqual(lost, [], 'acknowledged and lost');
    assert.equal(twice, 0);
  },
);

test(
  'a disk that runs full: 452 before any byte of a message, what is held drains all the same, and mail is taken again when there is room',
  { skip: (await powerCutProblem()) ?? false },
  async () => {
    await using disk = await smallDisk({ sizeMiB: 64 });
    await using dir = await temporaryDirectory();
    const port = await freePort();
    await using site = await startBackupSite({
      dir: dir.path,
      stateDir: join(disk.mountPoint, 'site'),
      home: `127.0.0.1:${port}`,
      settings:
        '[spool]\nfree_floor = "4MiB"\nfree_floor_inodes = 100\n[health]\nprobe_interval = "500ms"\n',
    });
    const letter = (number: number) =>
      numberedLetter(number, { from: 'x@stranger.test', to: 'ana@home.test', sizeBytes: 20_000 });
    for (let number = 0; number < 40; number += 1)
      assert.equal((await sendLetter(site.smtp, letter(number))).code, 250);

    // Somebody else fills the disk, to the last block.
    const filler = join(disk.mountPoint, 'filler');
    const { bavail, bsize } = await statfs(disk.mountPoint);
    execFileSync('fallocate', ['-l', String((bavail - 1) * bsize), filler]);
    await until(
      async () =>
        (await (await fetch(`http://${site.http}/readyz`)).text()) !== '' &&
        !(await fetch(`http://${site.http}/readyz`)).ok,
      { what: 'readyz says that nothing is taken' },
    );
    await using stranger = await Dialogue.open(site.smtp);
    await stranger.say('EHLO stranger.test');
    const replies = await stranger.send(letter(1000));
    assert.equal(replies.at(-1)?.code, 452, JSON.stringify(replies));
    assert.match(replies.at(-1)?.text ?? '', /4\.3\.1/);
    assert.ok(!replies.some(({ code }) => code === 354), 'no byte of the message was asked for');

    await using home = await startScriptedHome({ port });
    await until(async () => (await site.waiting()) === 0, {
      what: 'what was held is handed over, on a full disk',
      deadlineMs: 60_000,
    });
    const arrived = home.taken.map((body) => /^X-Number: (\d+)/m.exec(body)?.[1]);
    assert.equal(arrived.length, 40);
    assert.equal(new Set(arrived).size, 40);

    await rm(filler);
    await until(async () => (await sendLetter(site.smtp, letter(2000))).code === 250, {
      what: 'mail is taken again',
      deadlineMs: 5000,
    });
    await until(() => home.taken.length === 41, { what: 'and goes home' });
  },
);

interface Fault {
  readonly call: string;
  readonly error: string;
  readonly nth: number;
  readonly dir: string;
}

interface Injection extends AsyncDisposable {
  /** Takes strace off again; did the fault hit anything? */
  end(): Promise<boolean>;
}

/** Makes the nth call from now on fail in the thread that does the site's disk work; the sockets are not touched. */
async function injectInto(site: BackupSite, { call, error, nth, dir }: Fault): Promise<Injection> {
  const trace = join(dir, `trace-${call}-${nth}`);
  const threads = await diskThreads(site.pid);
  const child = spawn(
    'strace',
    [
      '-o',
      trace,
      '-e',
      `trace=${call}`,
      '-e',
      `inject=${call}:error=${error}:when=${nth}`,
      ...threads.flatMap((thread) => ['-p', thread]),
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await until(() => said.split(' attached').length > threads.length, {
    what: `strace is attached (${said})`,
    everyMs: 5,
    deadlineMs: 10_000,
  });
  const end = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGINT');
      await once(child, 'exit');
    }
    return (await readFile(trace, 'utf8')).includes('(INJECTED)');
  };
  return { end, [Symbol.asyncDispose]: async () => void (await end()) };
}

async function diskThreads(pid: number): Promise<readonly string[]> {
  const threads = await readdir(`/proc/${pid}/task`);
  const names = await Promise.all(
    threads.map(
      async (thread) =>
        [thread, (await readFile(`/proc/${pid}/task/${thread}/comm`, 'utf8')).trim()] as const,
    ),
  );
  const found = names.filter(([, name]) => name === 'libuv-worker').map(([thread]) => thread);
  assert.ok(found.length > 0, `no disk thread among ${names.map(([, name]) => name).join(' ')}`);
  return found;
}

function straceProblem(): string | false {
  try {
    execFileSync('strace', ['-qq', '-o', '/dev/null', '-e', 'trace=fsync', 'true']);
    return false;
  } catch (cause) {
    return `faults are injected with strace, which does not work here: ${String(cause).split('\n')[0]}`;
  }
}
