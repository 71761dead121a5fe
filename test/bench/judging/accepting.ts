// Accepting from strangers who are judged, while the home is down: our backup MX and a Postfix with postscreen, policyd-spf, OpenDKIM and
// OpenDMARC in turn, on the same disk and the same zone, brought the same signed letters by the same strangers.
//
// Before it is timed, both have to refuse who is listed and who is forged: else they would not be judging.
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startZoneServer } from '@restante/dns';
import { startCluster, type Cluster } from '../../kit/cluster.ts';
import { freePort } from '../../kit/free-port.ts';
import { bring } from '../../kit/stranger.ts';
import { temporaryDirectory } from '../../kit/temporary-directory.ts';
import { until } from '../../kit/until.ts';
import { median } from '../load.ts';
import type { Bundle } from './bring-letters.ts';
import { dnsAddress, startJudgingPostfix } from './judging-postfix.ts';
import {
  forgersAddress,
  helo,
  listedAddress,
  listPoints,
  listZones,
  makeWorld,
  stranger,
  strangersAddress,
  type World,
} from './world.ts';

export interface JudgedAcceptResult {
  readonly oursPerSecond: readonly number[];
  readonly postfixPerSecond: readonly number[];
  readonly ratio: number;
}

export interface JudgedAcceptOptions {
  /** On the disk that is measured. */
  readonly under: string;
  readonly rounds: number;
  readonly messages: number;
  /** Letters a stranger brings before he hangs up. */
  readonly perConnection: number;
}

const run = promisify(execFile);
const sessions = 20;
const sizeBytes = 4096;
const differentLetters = 50;
/** The home that is away, and its backup. */
const home = 'us';
const backup = 'shanghai';

export async function benchJudgedAccept(options: JudgedAcceptOptions): Promise<JudgedAcceptResult> {
  const { under, rounds, messages } = options;
  const world = makeWorld();
  await using dir = await temporaryDirectory({ under });
  // Port 53, because that is where resolv.conf sends Postfix and its helpers; we ask the same one.
  await using dns = await startZoneServer({
    host: dnsAddress,
    port: 53,
    zone: world.zone,
    ttlSeconds: 3600,
  });
  await using cluster = await startOurs(dir.path, dns.address);
  const to = cluster.accountAt(home);
  await using postfix = await startJudgingPostfix({
    dir: join(dir.path, 'peer'),
    nextHop: `127.0.0.1:${await freePort()}`,
    recipient: to,
  });
  const ours = cluster.site(backup).smtp;
  const letters = await lettersOf(world, to);
  const bundle = join(dir.path, 'letters.json');
  await writeFile(bundle, JSON.stringify(bundleOf(letters, to)));
  const good = letters[0] ?? '';
  for (const endpoint of [ours, postfix.endpoint]) await expectJudges(endpoint, { to, good });

  const send = async (endpoint: string) => offerBundle(endpoint, bundle, options);
  let taken = 0;
  const oursPerSecond: number[] = [];
  const postfixPerSecond: number[] = [];
  // The first round of each warms up and does not count.
  for (let round = 0; round <= rounds; round += 1) {
    const our = await send(ours);
    taken += messages;
    await until(async () => (await scheduled(cluster)) >= taken, {
      what: 'everything is on the timetable',
      deadlineMs: 120_000,
    });
    const their = await send(postfix.endpoint).catch(async (cause: unknown) => {
      throw new Error(`Postfix says: ${(await postfix.log()).slice(-3000)}`, { cause });
    });
    await until(async () => (await postfix.underWay()) === 0, {
      what: 'Postfix has put off what it took',
      deadlineMs: 300_000,
      everyMs: 250,
    });
    if (round === 0) continue;
    oursPerSecond.push(our);
    postfixPerSecond.push(their);
  }
  const ratio = median(oursPerSecond) / median(postfixPerSecond);
  return { oursPerSecond, postfixPerSecond, ratio };
}

async function startOurs(under: string, dns: string): Promise<Cluster> {
  const cluster = await startCluster({ under });
  const lists = listZones.map((zone) => `"${zone} ${listPoints}"`).join(', ');
  await cluster.reconfigure(
    (text) =>
      `${text
        .replace(/^dns_servers = .*$/m, `dns_servers = ["${dns}"]`)
        .replace(/^trusted_networks = .*$/m, 'trusted_networks = ["127.0.0.0/8"]')
        // Nobody is refused by SPF alone, as with the Postfix.
        .replace('spf_on_fail = "refuse"', 'spf_on_fail = "note"')}
[block_lists]
private_addresses = true
address_lists = [${lists}]
`,
  );
  await until(async () => (await cluster.peerState(backup, home)) === 'up', {
    what: 'the backup has met the home',
    deadlineMs: 60_000,
  });
  await cluster.kill(home);
  await until(async () => (await cluster.peerState(backup, home)) === 'down', {
    what: 'the home is known to be down',
    deadlineMs: 90_000,
  });
  return cluster;
}

async function scheduled(cluster: Cluster): Promise<number> {
  const series = `restante_queue_jobs{route="peer:${home}",state="waiting"}`;
  return cluster.metric(backup, series);
}

async function lettersOf(world: World, to: string): Promise<readonly string[]> {
  const letters: string[] = [];
  for (let number = 0; number < differentLetters; number += 1) {
    const { header, body } = await world.letter({ number, to, sizeBytes, signatures: 1 });
    letters.push(`${header}\r\n${body.toString('latin1')}`);
  }
  return letters;
}

function bundleOf(letters: readonly string[], to: string): Bundle {
  const addresses = Array.from({ length: sessions }, (_, index) => strangersAddress(index));
  return { from: stranger, to, helo, addresses, letters };
}

async function offerBundle(
  endpoint: string,
  bundle: string,
  { messages, perConnection }: JudgedAcceptOptions,
): Promise<number> {
  const script = fileURLToPath(new URL('./bring-letters.ts', import.meta.url));
  const args = ['--conditions=source', script, endpoint, messages, sessions, perConnection, bundle];
  const { stdout } = await run(process.execPath, args.map(String), { timeout: 300_000 });
  return Number(stdout);
}

/** Nobody is compared who lets in what the other one refuses. */
async function expectJudges(
  endpoint: string,
  { to, good }: { readonly to: string; readonly good: string },
): Promise<void> {
  const unsigned = `From: <${stranger}>\r\nTo: <${to}>\r\nSubject: not signed\r\n\r\nHello.`;
  const expected = [
    { address: listedAddress, data: good, code: 550 },
    { address: forgersAddress, data: unsigned, code: 550 },
    // Not from where stranger.example sends: only the signature speaks for it.
    { address: forgersAddress, data: good, code: 250 },
  ];
  for (const { address, data, code } of expected) {
    const reply = await bring(endpoint, { address, helo, from: stranger, to, data });
    if (reply.code !== code)
      throw new Error(`${endpoint} answered ${reply.text} to ${address}, not ${code}.`);
  }
}
