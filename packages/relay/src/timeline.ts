// What happened to every message at this site, for "restante trace": one JSON line an event, one file a day.
//
// Written behind the scenes and not synced: the spool is the truth, this is its diary. After a power cut the last second
// of the diary may be missing; no mail depends on it.
import { createReadStream } from 'node:fs';
import { appendFile, mkdir, readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { RestanteEvent } from '@restante/mail-model';
import type { Clock } from '@restante/runtime';
import { createRefusalAllowance } from './refusal-allowance.ts';

export interface TimelineStep {
  /** Of the message or decision it is a step of. Strangers may write it into other steps. */
  readonly id: string;
  readonly atMs: number;
  readonly site: string;
  readonly what: string;
  readonly detail: string;
  /** The same, taken apart. */
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface Timeline extends AsyncDisposable {
  record(event: RestanteEvent): void;
  /** Steps of one message, oldest first, by spool id, cluster-wide id or a Message-ID the edge saw. */
  trace(message: string): Promise<readonly TimelineStep[]>;
}

export interface TimelineOptions {
  readonly dir: string;
  readonly site: string;
  readonly keepDays: number;
  readonly clock: Clock;
}

const flushAfterMs = 200;
const bufferMaxBytes = 256 * 1024;

export async function openTimeline({
  dir,
  site,
  keepDays,
  clock,
}: TimelineOptions): Promise<Timeline> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  await removeOldDays(dir, clock.now() - keepDays * 86_400_000);

  let buffer = '';
  let timer: NodeJS.Timeout | undefined;
  let writing = Promise.resolve();
  const refusals = createRefusalAllowance();

  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    const lines = buffer;
    buffer = '';
    if (lines === '') return writing;
    const path = join(dir, `${dayOf(clock.now())}.jsonl`);
    // A diary that cannot be written (full disk) must not stop the mail: the lines are lost, the metrics are not.
    writing = writing
      .then(async () => appendFile(path, lines, { mode: 0o600 }))
      .catch(() => undefined);
    return writing;
  };

  return {
    record(event) {
      if (isRefusal(event) && !refusals.take(clock.now())) return;
      const line = lineOf(event, clock.now());
      if (line === undefined) return;
      buffer += line;
      if (buffer.length > bufferMaxBytes) void flush();
      else timer ??= setTimeout(() => void flush(), flushAfterMs);
    },
    async trace(message) {
      await flush();
      const steps: TimelineStep[] = [];
      for (const file of (await readdir(dir))
        .filter((name) => name.endsWith('.jsonl'))
        .toSorted()) {
        await collect(join(dir, file), message, (step) => steps.push({ ...step, site }));
      }
      return steps;
    },
    async [Symbol.asyncDispose]() {
      await flush();
    },
  };
}

/** What a stranger heard instead of 250: he may have as many of these as he likes. */
function isRefusal(event: RestanteEvent): boolean {
  return event.name === 'judgement.made' && event.reply !== undefined;
}

/** Events of a message's life; everything else is for metrics only. */
function lineOf(event: RestanteEvent, atMs: number): string | undefined {
  if (!('id' in event) || event.id === undefined || event.name === 'attempt.started')
    return undefined;
  // Errors print as {}; a replacer for all would make every line several times as dear, and so would taking it apart here.
  const told =
    'cause' in event && event.cause instanceof Error
      ? { ...event, cause: event.cause.message }
      : event;
  return `{"atMs":${atMs},"event":${JSON.stringify(told)}}\n`;
}

async function collect(
  path: string,
  message: string,
  add: (step: Omit<TimelineStep, 'site'>) => void,
): Promise<void> {
  const lines = createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Infinity });
  for await (const line of lines) {
    if (!line.includes(message)) continue;
    const step = readLine(line);
    if (step === undefined) continue;
    const { name: what, id, ...fields } = step.event;
    add({ id, atMs: step.atMs, what, detail: sentence(fields), fields });
  }
}

interface Line {
  readonly atMs: number;
  readonly event: { readonly id: string; readonly name: string } & Record<string, unknown>;
}

/** What a site wrote before 2026-11-23; a diary is kept for weeks. */
interface FormerLine {
  readonly atMs: number;
  readonly id: string;
  readonly what: string;
  readonly detail: Record<string, unknown>;
}

function readLine(line: string): Line | undefined {
  try {
    const read = JSON.parse(line) as Line | FormerLine;
    if ('event' in read) return read;
    return { atMs: read.atMs, event: { ...read.detail, id: read.id, name: read.what } };
  } catch {
    return undefined; // A line cut short by a power cut; the next one is whole.
  }
}

function sentence(detail: Record<string, unknown>): string {
  return Object.entries(detail)
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

async function removeOldDays(dir: string, beforeMs: number): Promise<void> {
  const limit = `${dayOf(beforeMs)}.jsonl`;
  const old = (await readdir(dir)).filter(
    (name) => /^\d{4}-\d\d-\d\d\.jsonl$/.test(name) && name < limit,
  );
  await Promise.all(old.map(async (name) => unlink(join(dir, name))));
}
