// The waiting line of notices: one after the other for each way, tried again with growing pauses, bounded in everything.
import { randomUUID } from 'node:crypto';
import type { Clock } from '@restante/runtime';
import { withinDeadline } from '@restante/runtime';
import { NoticesError } from './errors.ts';
import type { Notice, NoticeEvent, Notices, NoticesSettings, NoticeWay } from './notices.ts';
import { type Environment, postWebhook } from './post-webhook.ts';
import { runCommand } from './run-command.ts';

export interface NoticesOptions {
  /** [notices] of the configuration. */
  readonly settings: NoticesSettings;
  /** Name of the site; in every notice. */
  readonly site: string;
  /** For "env:NAME". */
  readonly environment?: Environment;
  readonly onEvent: (event: NoticeEvent) => void;
  readonly clock: Clock;
  /** The first pause between two tries; it grows fourfold. */
  readonly pauseFirstMs?: number;
}

type Tell = (body: string, signal: AbortSignal) => Promise<void>;
interface Waiting {
  readonly notice: Notice;
  readonly body: string;
}

const waitingMax = 200;
const keysMax = 5_000;
const pauseMaxMs = 5 * 60_000;
/** What is on its way when the site stops gets this long. */
const lastWordsMs = 3_000;

export function createNotices(options: NoticesOptions): Notices {
  const { settings, clock, site } = options;
  const stopping = new AbortController();
  const lines = [...waysOf(options)].map(([via, tell]) =>
    createLine({ ...options, via, tell, signal: stopping.signal }),
  );
  /** key -> when it may be told again; oldest first. */
  const told = new Map<string, number>();

  const isRepeated = ({ key }: Notice): boolean => {
    if (key === undefined) return false;
    const nowMs = clock.monotonicMs();
    if ((told.get(key) ?? -1) > nowMs) return true;
    told.delete(key);
    told.set(key, nowMs + settings.quietMs);
    for (const oldest of told.keys()) {
      if (told.size <= keysMax) break;
      told.delete(oldest);
    }
    return false;
  };

  return {
    send(notice) {
      if (isRepeated(notice)) return;
      const body = bodyOf(notice, { site, at: new Date(clock.now()).toISOString() });
      for (const line of lines) line.add({ notice, body });
    },
    async settled() {
      await Promise.all(lines.map(async (line) => line.settled()));
    },
    async [Symbol.asyncDispose]() {
      const settled = Promise.all(lines.map(async (line) => line.settled()));
      if (await withinDeadline(settled, lastWordsMs)) return;
      stopping.abort();
      await settled;
    },
  };
}

function waysOf({ settings, environment = {} }: NoticesOptions): ReadonlyMap<NoticeWay, Tell> {
  const ways = new Map<NoticeWay, Tell>();
  const { command, commandTimeoutMs: timeoutMs } = settings;
  if (settings.webhookUrl !== undefined || settings.webhookUrlFile !== undefined)
    ways.set('webhook', async (body, signal) =>
      postWebhook({ settings, environment, body, signal }),
    );
  if (command.length > 0)
    ways.set('command', async (body, signal) => runCommand({ command, timeoutMs, body, signal }));
  return ways;
}

/** Chat programs show `text`; programs of one's own read the rest. */
function bodyOf(
  { kind, severity, title, text, facts = {} }: Notice,
  { site, at }: { readonly site: string; readonly at: string },
): string {
  return JSON.stringify({
    product: 'restante',
    id: randomUUID(),
    at,
    site,
    kind,
    severity,
    title,
    text: `[${site}] ${title}\n${text}`,
    facts,
  });
}

interface LineOptions extends Pick<NoticesOptions, 'settings' | 'onEvent' | 'clock'> {
  readonly via: NoticeWay;
  readonly tell: Tell;
  readonly signal: AbortSignal;
  readonly pauseFirstMs?: number;
}

function createLine({
  via,
  tell,
  signal,
  settings,
  onEvent,
  clock,
  pauseFirstMs = 1000,
}: LineOptions) {
  const waiting: Waiting[] = [];
  let running: Promise<void> | undefined;

  const failed = ({ kind, title }: Notice, cause: unknown) =>
    onEvent({ name: 'notice.failed', via, kind, title, cause });
  const tellOnce = async ({ notice, body }: Waiting): Promise<void> => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await tell(body, signal);
        return onEvent({ name: 'notice.sent', via, kind: notice.kind });
      } catch (cause) {
        const isWorthIt = cause instanceof NoticesError && cause.retry && !signal.aborted;
        if (!isWorthIt || attempt >= settings.attemptsMax) return failed(notice, cause);
        const pauseMs = Math.min(pauseMaxMs, pauseFirstMs * 4 ** (attempt - 1));
        // Woken by the end of the site: then the next try fails at once, and that is said.
        await clock.sleep(pauseMs, signal).catch(() => undefined);
      }
    }
  };
  const run = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
      await tellOnce(next);
    running = undefined;
  };

  return {
    add(next: Waiting): void {
      if (waiting.length >= waitingMax)
        return failed(next.notice, new NoticesError('NOTICES_TOO_MANY'));
      waiting.push(next);
      running ??= Promise.resolve().then(run);
    },
    async settled(): Promise<void> {
      while (running !== undefined) await running;
    },
  };
}
