// kill -9 while very much mail waits: accepting again within two seconds of the start, everything still there, and the drain begins by
// itself once the home is back.
//
// RESTANTE_BACKLOG sets how many wait (normal run 20,000; soak 100,000).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startBackupSite, type BackupSite } from '../kit/backup-site.ts';
import { Dialogue, numberedLetter, sendLetter } from '../kit/dialogue.ts';
import { numberFrom, report } from '../kit/findings.ts';
import { freePort } from '../kit/free-port.ts';
import { startScriptedHome } from '../kit/scripted-home.ts';
import { temporaryDirectory } from '../kit/temporary-directory.ts';
import { until } from '../kit/until.ts';

const backlog = numberFrom('RESTANTE_BACKLOG', 20_000);
const acceptingMaxMs = 2000;
const letter = (number: number | string) =>
  numberedLetter(number, { from: 'x@stranger.test', to: 'ana@home.test', sizeBytes: 1024 });

test(`${backlog} letters wait, kill -9, start: accepting in less than ${acceptingMaxMs} ms, all there, all home once`, async (t) => {
  await using dir = await temporaryDirectory();
  const port = await freePort();
  await using site = await startBackupSite({
    dir: dir.path,
    home: `127.0.0.1:${port}`,
    settings: '[health]\nprobe_interval = "500ms"\n',
  });
  await fill(site, backlog);
  assert.equal(await site.waiting(), backlog);
  await site.kill();

  const startedMs = performance.now();
  const starting = site.start({ deadlineMs: 60_000 });
  const acceptingMs = await until(
    async () => {
      const reply = await sendLetter(site.smtp, letter('first-after'));
      return reply.code === 250 && performance.now() - startedMs;
    },
    { what: 'mail is accepted again', everyMs: 10 },
  );
  await starting;
  await until(async () => (await site.status()).spool.isLoaded, {
    what: 'the spool is read',
    deadlineMs: 120_000,
    everyMs: 20,
  });
  const allThereMs = performance.now() - startedMs;
  assert.equal(await site.waiting(), backlog + 1, 'everything is still there');

  await using home = await startScriptedHome({ port });
  const backMs = performance.now();
  await until(() => home.taken.length > 0, { what: 'the drain begins by itself', everyMs: 10 });
  const drainBeginsMs = performance.now() - backMs;
  await until(async () => (await site.waiting()) === 0, {
    what: 'everything is handed over',
    deadlineMs: 300_000,
    everyMs: 250,
  });
  const drainedMs = performance.now() - backMs;

  const arrived = new Set(home.taken.map((body) => /^X-Number: (\S+)/m.exec(body)?.[1]));
  const lost = Array.from({ length: backlog }, (_, number) => String(number)).filter(
    (number) => !arrived.has(number),
  );
  report(t, {
    held: backlog,
    'accepting after ms': Math.round(acceptingMs),
    'all there after ms': Math.round(allThereMs),
    'drain begins after ms': Math.round(drainBeginsMs),
    'drained after ms': Math.round(drainedMs),
    lost: lost.length,
    twice: home.taken.length - arrived.size,
  });
  assert.deepEqual(lost, []);
  assert.equal(home.taken.length, backlog + 1, 'each once');
  assert.ok(acceptingMs < acceptingMaxMs, `accepting again after ${Math.round(acceptingMs)} ms`);
});

/** Busy strangers, each with one letter after the other. */
async function fill(site: BackupSite, count: number): Promise<void> {
  const strangers = 20;
  let number = 0;
  await Promise.all(
    Array.from({ length: strangers }, async () => {
      await using dialogue = await Dialogue.open(site.smtp);
      await dialogue.say('EHLO stranger.test');
      while (number < count) {
        const one = number;
        number += 1;
        assert.equal(await quickly(dialogue, letter(one)), 250);
      }
    }),
  );
}

/** A whole transaction in two flights (RFC 2920). */
async function quickly(
  dialogue: Dialogue,
  { from, to, data }: ReturnType<typeof letter>,
): Promise<number> {
  dialogue.write(`MAIL FROM:<${from}>\r\nRCPT TO:<${to[0]}>\r\nDATA\r\n`);
  for (const expected of [250, 250, 354]) assert.equal((await dialogue.reply()).code, expected);
  dialogue.write(`${data}\r\n.\r\n`);
  return (await dialogue.reply()).code;
}
