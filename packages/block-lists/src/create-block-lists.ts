// Asks all lists about one subject at the same time, and puts together what those that are well have said.
import { askAddresses, askText } from './ask.ts';
import type {
  BlockLists,
  BlockListsOptions,
  ListHit,
  ListKind,
  ListLookup,
  ListSettings,
} from './block-lists.ts';
import { createGate, startBudget } from './budget.ts';
import type { Budget, Gate } from './budget.ts';
import { createListWatch } from './list-watch.ts';
import type { ListWatch } from './list-watch.ts';
import {
  addressQuestion,
  domainQuestion,
  isListable,
  plainAddress,
  plainDomain,
} from './question-name.ts';
import { readAnswer } from './read-answer.ts';

interface List {
  readonly settings: ListSettings;
  readonly watch: ListWatch;
  readonly gate: Gate;
}

const inFlightMax = 64;

export function createBlockLists(options: BlockListsOptions): BlockLists {
  const { resolver, budgetMs, onEvent } = options;
  const stopping = new AbortController();
  const lists: readonly List[] = options.lists.map((settings) => ({
    settings,
    gate: createGate(inFlightMax),
    watch: createListWatch({
      ...options,
      settings,
      resolver: options.testResolver ?? resolver,
      signal: stopping.signal,
    }),
  }));
  const isAsked = (address: string) => options.privateAddresses === true || isListable(address);
  const own = new Set((options.ownAddresses ?? []).map((each) => plainAddress(each)));
  const watching = lists.map(async ({ watch }) => watch.run());
  /** What is being asked about now: who asks the same meanwhile gets the same answer. */
  const open = new Map<string, Promise<readonly ListHit[]>>();

  const consult = async (
    { settings, watch, gate }: List,
    { subject, budget }: { readonly subject: string; readonly budget: Budget },
  ): Promise<ListLookup> => {
    const { zone, kind } = settings;
    const unknown = (why: string) => ({ zone, state: 'unknown' as const, why });
    const clean = { zone, state: 'clean' as const };
    const offBecause = () => watch.health().problem ?? 'The list is not known to be well.';
    if (watch.state === 'off') return unknown(offBecause());
    const name = (kind === 'address' ? addressQuestion : domainQuestion)(subject, zone);
    const found = await gate.run(async () => askAddresses(resolver, name), budget);
    if (found === undefined || found.kind === 'silent') {
      if (!stopping.signal.aborted) watch.unanswered();
      return unknown(`${zone} did not answer in time.`);
    }
    if (found.kind === 'nothing') return clean;
    const answer = readAnswer(found.records, settings);
    if (answer.kind === 'broken') watch.refused(answer.problem);
    if (answer.kind !== 'hit') return answer.kind === 'clean' ? clean : unknown(answer.problem);
    const [text] = await Promise.all([
      answer.points > 0 ? budget.within(askText(resolver, name)) : undefined,
      budget.within(watch.lookAgainIfStale()),
    ]);
    if (watch.state !== 'well') return unknown(offBecause());
    const { code, points, meaning } = answer;
    const hit: ListHit = {
      zone,
      points,
      code,
      subject,
      ...(meaning === undefined ? {} : { meaning }),
      ...(text === undefined ? {} : { text }),
    };
    return { zone, state: 'listed', hit };
  };

  const consultAll = async (
    asked: readonly List[],
    subject: string,
  ): Promise<readonly ListLookup[]> => {
    if (asked.length === 0 || stopping.signal.aborted) return [];
    const budget = startBudget(budgetMs);
    try {
      return await Promise.all(asked.map(async (list) => consult(list, { subject, budget })));
    } finally {
      budget.end();
    }
  };

  const askAll = async (kind: ListKind, subject: string): Promise<readonly ListHit[]> => {
    const asked = lists.filter(
      ({ settings, watch }) => settings.kind === kind && watch.state !== 'off',
    );
    const hits = (await consultAll(asked, subject)).flatMap((answer) =>
      answer.state === 'listed' ? [answer.hit] : [],
    );
    for (const { zone, code } of hits) onEvent({ name: 'list.hit', zone, code });
    return hits;
  };

  const askOnce = async (
    kind: ListKind,
    { subject, signal }: { readonly subject: string; readonly signal: AbortSignal | undefined },
  ): Promise<readonly ListHit[]> => {
    const key = `${kind} ${subject}`;
    let asking = open.get(key);
    if (asking === undefined) {
      asking = askAll(kind, subject).finally(() => open.delete(key));
      open.set(key, asking);
    }
    return signal === undefined ? asking : unlessAborted(asking, signal);
  };

  const health = () => lists.map(({ watch }) => watch.health());

  return {
    async address(address, signal) {
      const subject = plainAddress(address);
      if (subject === undefined || own.has(subject) || !isAsked(subject)) return [];
      return askOnce('address', { subject, signal });
    },
    async domain(domain, signal) {
      const subject = plainDomain(domain);
      return subject === undefined ? [] : askOnce('domain', { subject, signal });
    },
    async lookUp(text) {
      const address = plainAddress(text);
      const subject = address ?? plainDomain(text);
      if (subject === undefined || (address !== undefined && !isAsked(address))) return [];
      const wanted: ListKind = address === undefined ? 'domain' : 'address';
      return consultAll(
        lists.filter(({ settings }) => settings.kind === wanted),
        subject,
      );
    },
    health,
    async checkHealth() {
      await Promise.all(lists.map(async ({ watch }) => watch.look()));
      return health();
    },
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await Promise.all(watching);
    },
  };
}

/** Who went away hears of no list; the others who wait for the same answer do. */
async function unlessAborted(
  asking: Promise<readonly ListHit[]>,
  signal: AbortSignal,
): Promise<readonly ListHit[]> {
  const { promise, resolve } = Promise.withResolvers<readonly ListHit[]>();
  const leave = () => resolve([]);
  if (signal.aborted) leave();
  signal.addEventListener('abort', leave, { once: true });
  try {
    return await Promise.race([asking, promise]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}
