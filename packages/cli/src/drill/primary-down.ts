// The story the product exists for, on a real cluster: a home goes away in the middle of its mail, its backup keeps what
// comes, the home returns, and every message is there once. Nothing of ours is asked to count: files in the Maildir are.
//
// Ends with a verdict, or throws when the cluster never got into the state the story needs.
import { randomBytes } from 'node:crypto';
import type { ClusterTopology } from '@restante/config';
import { formatReply } from '@restante/mail-model';
import type { SmtpReply } from '@restante/mail-model';
import type { OperatorClient } from '@restante/site-api';
import { SiteApiError } from '@restante/site-api';
import type { DrillPlace } from './choose-place.ts';
import type { ComposeHome } from './compose-home.ts';
import { askForRecipient } from './ask-for-recipient.ts';
import { countMailbox } from './count-mailbox.ts';
import { openDrillWorld } from './drill-world.ts';
import type { DrillWorld } from './drill-world.ts';
import { openPostOffice } from './post-office.ts';
import type { PostOffice } from './post-office.ts';
import { until } from './until.ts';
import type { UntilOptions } from './until.ts';
import { judge } from './verdict.ts';
import type { Verdict } from './verdict.ts';

export interface DrillOptions {
  readonly topology: ClusterTopology;
  readonly place: DrillPlace;
  readonly count: number;
  /** What the home keeps, as a directory we can read. */
  readonly homeDir: string;
  readonly power: ComposeHome;
  readonly home: OperatorClient;
  readonly backup: OperatorClient;
  readonly signal: AbortSignal;
  /** One sentence at a time, as it goes on. */
  say(sentence: string): void;
}

export interface DrillReport extends Verdict {
  readonly run: string;
  readonly home: string;
  readonly backup: string;
  readonly recipient: string;
  /** From kill to start. */
  readonly awayMs: number;
  /** From start until the last message was in its mailbox; absent when that never came. */
  readonly homeAgainMs?: number;
  readonly waitingWhileAway: number;
  /** What the backup said to somebody who does not exist. */
  readonly unknownRecipient: string;
}

export async function drillPrimaryDown(options: DrillOptions): Promise<DrillReport> {
  const run = randomBytes(4).toString('hex');
  const recipient = `drill@${options.place.domain}`;
  await prepareHome(options, recipient);
  await using world = await openDrillWorld(options.topology, options.place);
  const { resolver } = world;
  using post = openPostOffice({
    run,
    recipient,
    resolver,
    sites: options.topology.sites,
    signal: options.signal,
  });
  const scene: Scene = { ...options, run, recipient, world, post };

  await sendWithBothThere(scene);
  const goneMs = await takeHomeAway(scene);
  const { unknown, waiting } = await sendWhileAway(scene);
  const backMs = await bringHomeBack(scene, goneMs);
  const isAllHome = await waitUntilAllIsHome(scene);
  const homeAgainMs = Math.round(performance.now() - backMs);

  const verdict = judge(post.sent, await countMailbox(options.homeDir, run));
  return {
    ...verdict,
    run,
    home: options.place.home.name,
    backup: options.place.backup.name,
    recipient,
    awayMs: Math.round(backMs - goneMs),
    ...(isAllHome ? { homeAgainMs } : {}),
    waitingWhileAway: waiting,
    unknownRecipient: formatReply(unknown),
    isGood: verdict.isGood && isAllHome && unknown.code === 550,
  };
}

interface Scene extends DrillOptions {
  readonly run: string;
  readonly recipient: string;
  readonly world: DrillWorld;
  readonly post: PostOffice;
}

async function prepareHome(options: DrillOptions, recipient: string): Promise<void> {
  const { home, backup, place } = options;
  await until(
    async () => (await home.readiness()).ready,
    within(options, 90, `${place.home.name} accepts mail`),
  );
  await until(
    async () => (await backup.readiness()).ready,
    within(options, 90, `${place.backup.name} accepts mail`),
  );
  const password = randomBytes(24).toString('base64url');
  await home.accounts.add({ address: recipient, password }).catch((failure: unknown) => {
    // Of an earlier drill; its messages carry another name.
    if (!(failure instanceof SiteApiError && failure.code === 'ALREADY_THERE')) throw failure;
  });
}

async function sendWithBothThere(scene: Scene): Promise<void> {
  const { recipient, post, place, say } = scene;
  const [homeName, backupName] = [place.home.name, place.backup.name];
  await until(
    async () =>
      (await askBackup(scene, recipient)).code === 250 && (await homeAtBackup(scene)) === 'up',
    within(scene, 60, `${backupName} knows ${recipient} and sees ${homeName} up`),
  );
  say(`Numbered messages for ${recipient}: ${homeName} first, ${backupName} second.`);
  await post.send(quarterOf(scene));
  say(`${post.sent.length} sent, both sites there.`);
}

/** While mail flows; it goes on flowing until the home is gone. */
async function takeHomeAway(scene: Scene): Promise<number> {
  const { post, power, place, say } = scene;
  const enough = post.sent.length + Math.ceil(quarterOf(scene) / 3);
  const isFlowing = async () => post.sent.length >= enough;
  const killed = until(isFlowing, within(scene, 60, 'mail flows')).then(power.takeAway);
  await Promise.all([post.send(quarterOf(scene), killed), killed]);
  const goneMs = performance.now();
  say(`${post.sent.length} sent. ${place.home.name} was killed in the middle of the last ones.`);
  return goneMs;
}

async function sendWhileAway(
  scene: Scene,
): Promise<{ readonly unknown: SmtpReply; readonly waiting: number }> {
  const { post, run, place, say } = scene;
  const [homeName, backupName] = [place.home.name, place.backup.name];
  await post.send(quarterOf(scene));
  const unknown = await askBackup(scene, `nobody.${run}@${place.domain}`);
  await until(
    async () => (await homeAtBackup(scene)) === 'down',
    within(scene, 90, `${backupName} sees ${homeName} down`),
  );
  const waiting = await waitingAtBackup(scene);
  say(`${post.sent.length} sent. ${backupName} sees ${homeName} down and keeps ${waiting}.`);
  return { unknown, waiting };
}

/** The last quarter is sent while the backlog comes home. */
async function bringHomeBack(scene: Scene, goneMs: number): Promise<number> {
  const { home, power, post, world, place, count, say } = scene;
  await power.bringBack();
  const backMs = performance.now();
  await until(
    async () => (await home.readiness()).ready,
    within(scene, 90, `${place.home.name} accepts mail again`),
  );
  await world.lookAgain();
  post.forgetAbsences();
  say(`${place.home.name} is back after ${seconds(backMs - goneMs)}.`);
  await post.send(Math.max(quarterOf(scene), count - post.sent.length));
  say(`${post.sent.length} sent, the last ones while the backlog came home.`);
  return backMs;
}

/** False when that never came: then what is missing is a result, not a reason to give up. */
async function waitUntilAllIsHome(scene: Scene): Promise<boolean> {
  const { home, homeDir, run, post, signal, say } = scene;
  const isAllHome = async () =>
    (await waitingAtBackup(scene)) === 0 &&
    (await home.queueList({ route: 'local', limit: 1 })).total === 0 &&
    judge(post.sent, await countMailbox(homeDir, run)).missing.length === 0;
  try {
    return await until(isAllHome, within(scene, 120, 'all was home'));
  } catch (failure) {
    signal.throwIfAborted();
    say(failure instanceof Error ? failure.message : String(failure));
    return false;
  }
}

async function homeAtBackup({ backup, place }: Scene): Promise<string | undefined> {
  return (await backup.status()).peers.find(({ site }) => site === place.home.name)?.state;
}

async function waitingAtBackup({ backup, place }: Scene): Promise<number> {
  return (await backup.queueList({ route: `peer:${place.home.name}`, limit: 1 })).total;
}

async function askBackup({ place, world }: Scene, address: string): Promise<SmtpReply> {
  return askForRecipient({ site: place.backup, resolver: world.resolver, address });
}

function quarterOf({ count }: DrillOptions): number {
  return Math.ceil(count / 4);
}

function within({ signal }: DrillOptions, limitSeconds: number, what: string): UntilOptions {
  return { deadlineMs: limitSeconds * 1000, what, signal };
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
