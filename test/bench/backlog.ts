// What a large backlog costs: memory of the node, memory of Redis, the rate of accepting beside it, and the start after a kill.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { judgesNobody, startBackupSite, type BackupSite } from '../kit/backup-site.ts';
import { freePort } from '../kit/free-port.ts';
import { sendLetter, numberedLetter } from '../kit/dialogue.ts';
import { temporaryDirectory } from '../kit/temporary-directory.ts';
import { until } from '../kit/until.ts';
import type { BenchOptions } from './accept.ts';
import { median, offer } from './load.ts';

export interface BacklogResult {
  readonly held: number;
  readonly nodeResidentMiB: number;
  readonly redisBytesPerMessage: number;
  readonly acceptRatioFullToEmpty: number;
  readonly acceptingAgainSeconds: number;
  readonly allThereSeconds: number;
}

const load = { sessions: 20, sizeBytes: 4096, to: 'ana@home.test' };

export async function benchBacklog({
  under,
  rounds,
  messages,
}: BenchOptions): Promise<BacklogResult> {
  await using dir = await temporaryDirectory({ under });
  await using site = await startBackupSite({
    dir: join(dir.path, 'ours'),
    home: `127.0.0.1:${await freePort()}`,
    settings: judgesNobody,
  });
  await until(async () => (await site.homeState()) === 'down', {
    what: 'the home is known to be down',
    deadlineMs: 90_000,
  });
  const emptyRedisBytes = await redisBytes(site);
  const probe = Math.min(5000, messages / 10);
  await offer({ ...load, messages: probe, endpoint: site.smtp });
  const rateOf = async () => {
    const rates: number[] = [];
    for (let round = 0; round < rounds; round += 1)
      rates.push(await offer({ ...load, messages: probe, endpoint: site.smtp }));
    return median(rates);
  };
  const empty = await rateOf();
  await offer({ ...load, messages: messages - probe * (rounds + 1), endpoint: site.smtp });
  await until(
    async () =>
      (await site.metric('restante_queue_jobs{route="host:home.test",state="waiting"}')) >=
      messages,
    { what: 'everything is on the timetable', deadlineMs: 120_000 },
  );
  const perMessage = ((await redisBytes(site)) - emptyRedisBytes) / messages;
  const resident = await residentMiB(site.pid);
  const full = await rateOf();

  const total = await site.waiting();
  await site.kill('SIGKILL');
  const killedMs = performance.now();
  await site.start();
  const reply = await sendLetter(
    site.smtp,
    numberedLetter('after', { from: 'x@stranger.test', to: load.to }),
  );
  if (reply.code !== 250) throw new Error(`After the kill the site said ${reply.text}`);
  const acceptingMs = performance.now();
  await until(async () => (await site.status()).spool.isLoaded, {
    what: 'the spool is read',
    deadlineMs: 120_000,
    everyMs: 20,
  });
  const there = await site.waiting();
  if (there !== total + 1)
    throw new Error(`${total + 1} messages were acknowledged, ${there} are there.`);
  const loadedMs = performance.now();
  return {
    held: total,
    nodeResidentMiB: resident,
    redisBytesPerMessage: perMessage,
    acceptRatioFullToEmpty: full / empty,
    acceptingAgainSeconds: (acceptingMs - killedMs) / 1000,
    allThereSeconds: (loadedMs - killedMs) / 1000,
  };
}

async function redisBytes(site: BackupSite): Promise<number> {
  const redis = new Redis({ port: site.redis.port });
  const memory = await redis.info('memory');
  redis.disconnect();
  return Number(/^used_memory:(\d+)/m.exec(memory)?.[1]);
}

async function residentMiB(pid: number): Promise<number> {
  return Number(/^VmRSS:\s+(\d+)/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}
