// The watch: facts wait in a line, are taken into history and windows one after the other, and make a score.
import type { RestanteEvent } from '@restante/mail-model';
import type { Clock, RedisCaller } from '@restante/runtime';
import { abusePlacesOf } from './history/abuse-places.ts';
import { Histories } from './history/histories.ts';
import { openHistoryStore, type HistoryStore } from './history/history-store.ts';
import { networkOf } from './history/place-of.ts';
import { emptyHistory, learn, makeUsual } from './history/sender-history.ts';
import { usualOf } from './history/usual-of.ts';
import { MessageOwners } from './message-owners.ts';
import { RaisedLevels } from './raised-levels.ts';
import type { SendingFacts, SendingWatch, Suspicion, WatchSettings } from './sending-watch.ts';
import { type Score, scoreOf } from './signals/index.ts';
import { createMemoryWindows } from './windows/memory-windows.ts';
import { createRedisWindows } from './windows/redis-windows.ts';
import type { Counted, Windows, WindowSums } from './windows/windows.ts';

export interface SendingWatchOptions {
  /** [watch] of the configuration. */
  readonly settings: WatchSettings;
  readonly clock: Clock;
  /** Counts for all nodes of the site; without it this process counts alone. */
  readonly redis?: RedisCaller;
  readonly redisPrefix?: string;
  /** Where what is usual outlives a restart; without it the watch begins anew each time, and learns first. */
  readonly dir?: string;
  readonly onSuspicion: (suspicion: Suspicion) => void;
  readonly onTrouble?: (what: string, cause: unknown) => void;
  /** Asked about messages of accounts that have points already, one at a time. Undefined: nobody could say. */
  readonly isDefiniteSpam?: (id: string) => Promise<boolean | undefined>;
}

type Task = () => Promise<void>;
const tasksMax = 10_000;

export function createSendingWatch(options: SendingWatchOptions): SendingWatch {
  const { settings, clock } = options;
  const trouble = options.onTrouble ?? (() => undefined);
  const store = openStore(options, trouble);
  const histories = new Histories({ clock, onTrouble: trouble, ...(store && { store }) });
  const windows = openWindows(options, trouble);
  const owners = new MessageOwners();
  const levels = new RaisedLevels(settings, clock);
  const tasks: Task[] = [];
  let running: Promise<void> | undefined;
  let isScanning = false;

  const run = async () => {
    for (let task = tasks.shift(); task !== undefined; task = tasks.shift()) {
      // The border of the watch: whatever goes wrong here, mail goes on (law 3).
      await task().catch((cause: unknown) => trouble('Unusual sending was not looked at.', cause));
    }
    running = undefined;
  };
  const later = (task: Task) => {
    if (settings.action === 'off' || tasks.length >= tasksMax) return;
    tasks.push(task);
    running ??= new Promise<void>((resolve) => setImmediate(resolve)).then(run);
  };
  const scoreNow = (account: string, sums: WindowSums): Score => {
    const nowMs = clock.now();
    const history = histories.peek(account) ?? emptyHistory(nowMs);
    return scoreOf({
      settings,
      sums,
      usual: usualOf(history, { nowMs, learnMs: settings.learnMs }),
    });
  };
  const judge = (account: string, sums: WindowSums): Score => {
    const score = scoreNow(account, sums);
    const action = levels.raise(account, score.points);
    if (action !== undefined) options.onSuspicion({ account, action, ...score, atMs: clock.now() });
    return score;
  };
  const count = (account: string, counted: Counted) =>
    later(async () => void judge(account, await windows.add(account, counted)));
  const scan = (id: string, account: string) => {
    const { isDefiniteSpam } = options;
    if (isDefiniteSpam === undefined || isScanning) return;
    isScanning = true;
    void isDefiniteSpam(id)
      .then(
        (isSpam) => void (isSpam === true && count(account, { spam: 1 })),
        (cause: unknown) => trouble('A message of an unusual sender was not scanned.', cause),
      )
      .finally(() => {
        isScanning = false;
      });
  };
  const look = async (facts: SendingFacts, atMs: number) => {
    const fresh = learn(histories.of(facts.account), facts, atMs);
    const network = networkOf(facts.clientAddress);
    const recipients = facts.recipients.length;
    const sums = await windows.add(facts.account, { messages: 1, recipients, fresh, network });
    if (judge(facts.account, sums).points > 0) scan(facts.id, facts.account);
  };

  return {
    note(facts) {
      owners.note(facts.id, facts.account);
      const atMs = clock.now();
      later(async () => look(facts, atMs));
    },
    noteUnknownRecipient: (account) => count(account, { unknown: 1 }),
    noteOutcome: ({ account, kind }) => count(account, { [kind]: 1 }),
    noteSpam: (account) => count(account, { spam: 1 }),
    noteEvent(event) {
      const kind = outcomeIn(event);
      const account = kind === undefined ? undefined : owners.of(event);
      if (kind !== undefined && account !== undefined) count(account, { [kind]: 1 });
    },
    explain: async (account) => scoreNow(account, await windows.add(account, {})),
    abusePlaces: (account) => abusePlacesOf(histories.peek(account), clock.now()),
    async pardon(account) {
      levels.forget(account);
      if (histories.peek(account) !== undefined) makeUsual(histories.of(account), clock.now());
      await windows.clear(account);
    },
    forget(account) {
      levels.forget(account);
      histories.forget(account);
      void windows.clear(account);
    },
    async settled() {
      while (running !== undefined) await running;
    },
    async [Symbol.asyncDispose]() {
      tasks.length = 0;
      await running;
      histories[Symbol.dispose]();
    },
  };
}

function outcomeIn({ name }: RestanteEvent): 'delivered' | 'rejected' | undefined {
  if (name === 'message.delivered') return 'delivered';
  return name === 'message.rejected' ? 'rejected' : undefined;
}

type Trouble = (what: string, cause: unknown) => void;

function openStore(
  { dir, clock, settings }: SendingWatchOptions,
  trouble: Trouble,
): HistoryStore | undefined {
  if (dir === undefined || settings.action === 'off') return undefined;
  try {
    return openHistoryStore(dir, clock.now());
  } catch (cause) {
    // Without it nothing is unusual until it is learned again.
    trouble('What is usual for accounts cannot be read; it is learned anew, in memory.', cause);
    return undefined;
  }
}

function openWindows(options: SendingWatchOptions, trouble: Trouble): Windows {
  const { redis, redisPrefix: prefix = 'restante:watch:', clock, settings } = options;
  const { windowMs } = settings;
  const own = createMemoryWindows(windowMs, clock);
  if (redis === undefined) return own;
  const onTrouble = (cause: unknown) =>
    trouble('Unusual sending is counted by this process alone.', cause);
  return createRedisWindows({ redis, prefix, windowMs, clock, own, onTrouble });
}
