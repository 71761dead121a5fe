// A history as a row and back. What is read is checked: a strange row is no history.
import { SeenFilter, type Generation } from './seen-filter.ts';
import type { Day, Seen, SenderHistory } from './sender-history.ts';

export interface HistoryRow {
  readonly changedAtMs: number;
  readonly facts: string;
  readonly nowBits: Uint8Array;
  readonly beforeBits: Uint8Array | null;
}

type Row = Readonly<Record<string, unknown>>;

export function writeHistory(history: SenderHistory): HistoryRow {
  const [now, before] = history.known.generations;
  const ages = [now, before].map((each) => ({
    count: each?.count ?? 0,
    sinceMs: each?.sinceMs ?? 0,
  }));
  return {
    changedAtMs: Math.max(
      history.firstMs,
      ...[...history.networks.values()].map(({ lastMs }) => lastMs),
    ),
    facts: JSON.stringify({
      firstMs: history.firstMs,
      networks: [...history.networks],
      addresses: [...history.addresses],
      programs: [...history.programs],
      days: [...history.days],
      generations: ages,
    }),
    nowBits: now?.bits ?? new Uint8Array(),
    beforeBits: before?.bits ?? null,
  };
}

export function readHistory(row: Row): SenderHistory | undefined {
  const facts = objectIn(row['facts']);
  const firstMs = numberIn(facts?.['firstMs']);
  if (facts === undefined || firstMs === undefined) return undefined;
  const generations = [row['now_bits'], row['before_bits']].flatMap((bits, index): Generation[] => {
    const age = asRow(
      Array.isArray(facts['generations']) ? facts['generations'][index] : undefined,
    );
    const [count, sinceMs] = [numberIn(age?.['count']), numberIn(age?.['sinceMs'])];
    return bits instanceof Uint8Array && count !== undefined && sinceMs !== undefined
      ? [{ bits: new Uint8Array(bits), count, sinceMs }]
      : [];
  });
  return {
    firstMs,
    networks: new Map(pairsIn(facts['networks'], seenIn)),
    addresses: new Map(pairsIn(facts['addresses'], seenIn)),
    programs: new Map(pairsIn(facts['programs'], seenIn)),
    days: new Map(
      pairsIn(facts['days'], dayIn).map(([day, counts]) => [Number(day), counts] as const),
    ),
    known: new SeenFilter(firstMs, generations),
  };
}

function seenIn(value: Row | undefined): Seen | undefined {
  const [firstMs, lastMs, messages] = ['firstMs', 'lastMs', 'messages'].map((key) =>
    numberIn(value?.[key]),
  );
  return firstMs === undefined || lastMs === undefined || messages === undefined
    ? undefined
    : { firstMs, lastMs, messages };
}

function dayIn(value: Row | undefined): Day | undefined {
  const [recipients, fresh] = [numberIn(value?.['recipients']), numberIn(value?.['fresh'])];
  return recipients === undefined || fresh === undefined ? undefined : { recipients, fresh };
}

function pairsIn<T>(
  value: unknown,
  read: (value: Row | undefined) => T | undefined,
): [string, T][] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((pair: unknown): [string, T][] => {
    if (!Array.isArray(pair)) return [];
    const entry = read(asRow(pair[1]));
    return entry === undefined ? [] : [[String(pair[0]), entry]];
  });
}

function objectIn(text: unknown): Row | undefined {
  try {
    return asRow(JSON.parse(String(text)));
  } catch {
    return undefined; // A damaged row is no history.
  }
}

function asRow(value: unknown): Row | undefined {
  return typeof value === 'object' && value !== null ? (value as Row) : undefined;
}

function numberIn(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
