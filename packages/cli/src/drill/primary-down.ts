// The story the product exists for, on a real cluster: a home goes away in the middle of its mail, its backup keeps what
// comes, the home returns, and every message is there once. Nothing of ours is asked to count: files in the Maildir are.
//
// Ends with a verdict, or throws when the cluster never got into the state the story needs.
import { randomBytes } from 'node:crypto';
import type { ClusterTopology } from '@restante/config';
import { formatReply } from '@restante/mail-model';
import type { OperatorClient } from '@restante/site-api';
import { SiteApiError } from '@restante/site-api';
import type { DrillPlace } from './choose-place.ts';
import type { ComposeHome } from './compose-home.ts';
import { askForRecipient } from './ask-for-recipient.ts';
import { countMailbox } from './count-mailbox.ts';
import { openDrillWorld } from './drill-world.ts';
import { openPostOffice } from './post-office.ts';
import { until } from './until.ts';
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
  /** From start until the last message was in its mailbox. */
  readonly homeAgainMs: number;
  readonly waitingWhileAway: number;
  /** What the backup said to somebody who does not exist. */
  readonly unknownRecipient: string;
}

export async function drillPrimaryDown(options: DrillOptions): Promise<DrillReport> {
  const { topology, place, count, power, home, backup, signal, say } = options;
  const run = randomBytes(4).toString('hex');
  const recipient = `drill@${place.domain}`;
  const [homeName, backupName] = [place.home.name, place.backup.name];
  const within = (limitSeconds: number, what: string) => ({
    deadlineMs: limitSeconds * 1000,
    what,
    signal,
  });
  const homeAtBackup = async () =>
    (await backup.status()).peers.find(({ site }) => site === homeName)?.state;
  const waitingAtBackup = async () =>
    (await backup.queueList({ route: `peer:${homeName}`, limit: 1 })).total;

  await until(async () => isReady(home), within(90, `${homeName} accepts mail`));
  await until(async () => isReady(backup), within(90, `${backupName} accepts mail`));
  await ensureAccount(home, recipient);
  await using world = await openDrillWorld(topology, place);
  const { resolver } = world;
  const askBackup = async (address: string) =>
    askForRecipient({ site: place.backup, resolver, address });
  await until(
    async () => (await askBackup(recipient)).code === 250 && (await homeAtBackup()) === 'up',
    within(60, `${backupName} knows ${recipient} and sees ${homeName} up`),
  );
  using post = openPostOffice({ resolver, run, recipient, sites: topology.sites, signal });
  const quarter = Math.ceil(count / 4);
  say(`Numbered messages for ${recipient}: ${homeName} first, ${backupName} second.`);
  await post.send(quarter);
  say(`${post.sent.length} sent, both sites there.`);

  const isFlowing = async () => post.sent.length > quarter;
  const killed = until(isFlowing, within(60, 'mail flows')).then(power.takeAway);
  await Promise.all([post.send(quarter, killed), killed]);
  const goneMs = performance.now();
  say(`${post.sent.length} sent. ${homeName} was killed in the middle of the last ones.`);
  await post.send(quarter);
  const unknownRecipient = await askBackup(`nobody.${run}@${place.domain}`);
  await until(
    async () => (await homeAtBackup()) === 'down',
    within(90, `${backupName} sees ${homeName} down`),
  );
  const waitingWhileAway = await waitingAtBackup();
  say(
    `${post.sent.length} sent. ${backupName} sees ${homeName} down and keeps ${waitingWhileAway}.`,
  );

  await power.bringBack();
  const backMs = performance.now();
  await until(async () => isReady(home), within(90, `${homeName} accepts mail again`));
  await world.lookAgain();
  post.forgetAbsences();
  say(`${homeName} is back after ${seconds(backMs - goneMs)}.`);
  await post.send(Math.max(quarter, count - post.sent.length));
  say(`${post.sent.length} sent, the last ones while the backlog came home.`);

  const look = async () => countMailbox(options.homeDir, run);
  const isAllHome = async () =>
    (await waitingAtBackup()) === 0 &&
    (await home.queueList({ route: 'local', limit: 1 })).total === 0 &&
    judge(post.sent, await look()).missing.length === 0;
  // What is missing after that is a result, not a reason to give up.
  await until(isAllHome, within(120, 'all was home')).catch((failure: unknown) => {
    signal.throwIfAborted();
    say(failure instanceof Error ? failure.message : String(failure));
  });
  const homeAgainMs = Math.round(performance.now() - backMs);
  const verdict = judge(post.sent, await look());
  return {
    ...verdict,
    run,
    home: homeName,
    backup: backupName,
    recipient,
    awayMs: Math.round(backMs - goneMs),
    homeAgainMs,
    waitingWhileAway,
    unknownRecipient: formatReply(unknownRecipient),
    isGood: verdict.isGood && unknownRecipient.code === 550,
  };
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

async function isReady(site: OperatorClient): Promise<boolean> {
  return (await site.readiness()).ready;
}

async function ensureAccount(home: OperatorClient, address: string): Promise<void> {
  const password = randomBytes(24).toString('base64url');
  await home.accounts.add({ address, password }).catch((failure: unknown) => {
    // Of an earlier drill; its messages carry another name.
    if (!(failure instanceof SiteApiError && failure.code === 'ALREADY_THERE')) throw failure;
  });
}
