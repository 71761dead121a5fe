// Draining a backlog into smtp-sink when the home returns: our backup MX and Postfix flushing the same, in turn.
// Measured from the moment the home answers again (for us: the probes have to find out) and, beside it, from the first
// message that moves, so that detection and throughput are not mixed up.
import { join } from 'node:path';
import { judgesNobody, startBackupSite, type BackupSite } from '../kit/backup-site.ts';
import { freePort } from '../kit/free-port.ts';
import { startPostfix, type Postfix } from '../kit/postfix.ts';
import { temporaryDirectory } from '../kit/temporary-directory.ts';
import { until } from '../kit/until.ts';
import type { BenchOptions } from './accept.ts';
import { median, offer, startSink } from './load.ts';

export interface DrainResult {
  readonly oursPerSecond: readonly number[];
  readonly postfixPerSecond: readonly number[];
  readonly detectionSeconds: readonly number[];
  readonly ratio: number;
}

const load = { sessions: 20, sizeBytes: 4096, to: 'ana@home.test' };

export async function benchDrain({ under, rounds, messages }: BenchOptions): Promise<DrainResult> {
  const ours: number[] = [];
  const theirs: number[] = [];
  const detection: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const our = await drainOurs(under, messages);
    ours.push(our.perSecond);
    detection.push(our.detectionSeconds);
    theirs.push(await drainPostfix(under, messages));
  }
  return {
    oursPerSecond: ours,
    postfixPerSecond: theirs,
    detectionSeconds: detection,
    ratio: median(ours) / median(theirs),
  };
}

async function drainOurs(
  under: string,
  messages: number,
): Promise<{ perSecond: number; detectionSeconds: number }> {
  await using dir = await temporaryDirectory({ under });
  const port = await freePort();
  await using site = await startBackupSite({
    dir: join(dir.path, 'ours'),
    home: `127.0.0.1:${port}`,
    settings: judgesNobody,
  });
  await until(async () => (await site.homeState()) === 'down', {
    what: 'the home is known to be down',
    deadlineMs: 90_000,
  });
  await offer({ ...load, messages, endpoint: site.smtp });
  await using sink = await startSink(port);
  const upMs = performance.now();
  await until(async () => (await delivered(site)) > 0, {
    what: `the drain to ${sink.endpoint} begins`,
    deadlineMs: 60_000,
    everyMs: 10,
  });
  const firstMs = performance.now();
  const already = await delivered(site);
  await until(async () => (await delivered(site)) >= messages, {
    what: 'the backlog is gone',
    deadlineMs: 300_000,
    // Whoever asks for the metrics has them made: every 20 ms, that was a twelfth of what is measured.
    everyMs: 100,
  });
  const perSecond = (messages - already) / ((performance.now() - firstMs) / 1000);
  return { perSecond, detectionSeconds: (firstMs - upMs) / 1000 };
}

async function delivered(site: BackupSite): Promise<number> {
  const count = await site.metric('restante_messages_delivered_total{route="host:home.test"}');
  return Number.isNaN(count) ? 0 : count;
}

async function drainPostfix(under: string, messages: number): Promise<number> {
  await using dir = await temporaryDirectory({ under });
  const port = await freePort();
  const settings = { defer_transports: 'smtp relay' };
  const nextHops = [`127.0.0.1:${port}`];
  {
    await using filling = await startPostfix({
      dir: join(dir.path, 'postfix'),
      nextHops,
      settings,
    });
    await offer({ ...load, messages, endpoint: filling.endpoint });
    await until(async () => (await filling.queued()) === messages, {
      what: 'Postfix has filed everything',
      deadlineMs: 60_000,
      everyMs: 200,
    });
  }
  await using sink = await startSink(port);
  await using postfix = await startPostfix({
    dir: join(dir.path, 'postfix'),
    nextHops,
    isRestart: true,
  });
  await postfix.flush();
  const startedMs = performance.now();
  await until(async () => sink.endpoint !== '' && (await isEmpty(postfix)), {
    what: 'Postfix has flushed',
    deadlineMs: 300_000,
    everyMs: 50,
  });
  const perSecond = messages / ((performance.now() - startedMs) / 1000);
  return perSecond;
}

async function isEmpty(postfix: Postfix): Promise<boolean> {
  return (await postfix.queued()) === 0;
}
