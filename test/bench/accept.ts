// Accepting while the home is down: our backup MX and Postfix in turn, on the same disk, offered the same messages by the
// same client. Postfix is spared every delivery attempt (defer_transports), so that only accepting is compared.
import { join } from 'node:path';
import { freePort } from '../kit/free-port.ts';
import { startPostfix } from '../kit/postfix.ts';
import { judgesNobody, startBackupSite } from '../kit/backup-site.ts';
import { temporaryDirectory } from '../kit/temporary-directory.ts';
import { until } from '../kit/until.ts';
import { type Load, median, offer } from './load.ts';

export interface AcceptResult {
  readonly oursPerSecond: readonly number[];
  readonly postfixPerSecond: readonly number[];
  readonly ratio: number;
}

export interface BenchOptions {
  /** On the disk that is measured. */
  readonly under: string;
  readonly rounds: number;
  readonly messages: number;
}

const load = { sessions: 20, sizeBytes: 4096, to: 'ana@home.test' };

export async function benchAccept(
  { under, rounds, messages }: BenchOptions,
  send: (load: Load) => Promise<number> = offer,
): Promise<AcceptResult> {
  await using dir = await temporaryDirectory({ under });
  const nobody = `127.0.0.1:${await freePort()}`;
  await using site = await startBackupSite({
    dir: join(dir.path, 'ours'),
    home: nobody,
    settings: judgesNobody,
  });
  await using postfix = await startPostfix({
    dir: join(dir.path, 'postfix'),
    nextHops: [nobody],
    settings: { defer_transports: 'smtp relay' },
  });
  await until(async () => (await site.homeState()) === 'down', {
    what: 'the home is known to be down',
    deadlineMs: 90_000,
  });
  const waitingSeries = 'restante_queue_jobs{route="host:home.test",state="waiting"}';
  let taken = 0;
  const ours: number[] = [];
  const theirs: number[] = [];
  // The first round of each warms up and does not count.
  for (let round = 0; round <= rounds; round += 1) {
    const our = await send({ ...load, messages, endpoint: site.smtp });
    // Nor Postfix beside what we still write into the timetable.
    taken += messages;
    await until(async () => (await site.metric(waitingSeries)) >= taken, {
      what: 'everything is on the timetable',
      deadlineMs: 120_000,
    });
    const their = await send({ ...load, messages, endpoint: postfix.endpoint });
    // It puts them off one by one long after it has said 250 to all of them; neither shall be measured beside that.
    await until(async () => (await postfix.underWay()) === 0, {
      what: 'Postfix has put off what it took',
      deadlineMs: 300_000,
      everyMs: 250,
    });
    if (round === 0) continue;
    ours.push(our);
    theirs.push(their);
  }
  return { oursPerSecond: ours, postfixPerSecond: theirs, ratio: median(ours) / median(theirs) };
}
