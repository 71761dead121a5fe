// Reads one table of the file against its fields: typed values, every problem with its line, and where each value came from.
//
// Strict: a key nobody knows is a problem, because a misspelt limit is a limit that does not hold.
import { didYouMean } from './did-you-mean.ts';
import type { AnyField, FieldContext, Fields, ValuesOf } from './field.ts';
import { shown, tomlKey } from './field.ts';
import type { Problem } from './problem.ts';
import type { Step, TomlLines } from './toml-lines.ts';

/** What the whole reading of one file collects. */
export interface Reading extends FieldContext {
  readonly lines: TomlLines;
  readonly problems: Problem[];
  readonly values: EffectiveValue[];
  /** Sections that know this key, for "it belongs in [retry]". */
  ownersOf(key: string): readonly string[];
}

/** One setting as it holds, for `config print`. */
export interface EffectiveValue {
  readonly key: string;
  /** As it would stand in the file. Secrets are never in it: for them it is where they are to be found. */
  readonly value: string;
  readonly source: ValueSource;
}

export type ValueSource =
  | { readonly from: 'default' }
  | { readonly from: 'file'; readonly line?: number };

/** Where a table stands: the path for the line, and its name for a person. */
export interface Place {
  readonly path: readonly Step[];
  readonly shown: string;
}

export interface TableRules {
  /** Names of tables inside that somebody else reads. */
  readonly tables?: readonly string[];
  /** Absent keys stay absent: this table overrides another one. */
  readonly isOverride?: boolean;
}

export function inside(place: Place, key: string): Place {
  return { path: [...place.path, key], shown: place.shown === '' ? key : `${place.shown}.${key}` };
}

/** Values of the table, or undefined when one of them has a problem. */
export function readTable<F extends Fields>(
  fields: F,
  raw: unknown,
  place: Place,
  reading: Reading,
  rules: TableRules = {},
): ValuesOf<F> | undefined {
  const table = asTable(raw, place, reading);
  if (!table) return undefined;
  const before = reading.problems.length;
  const values: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(fields)) {
    const value = readField(field, { name, table, place }, reading, rules);
    if (value !== undefined) values[name] = value;
  }
  const keys = Object.entries(fields).map(([name, field]) => tomlKey(name, field));
  refuseUnknownKeys(table, [...keys, ...(rules.tables ?? [])], place, reading);
  // Every field of F was read by F's own readers above, so the record has F's shape.
  return reading.problems.length === before ? (values as ValuesOf<F>) : undefined;
}

interface Where {
  readonly name: string;
  readonly table: Readonly<Record<string, unknown>>;
  readonly place: Place;
}

function readField(
  field: AnyField,
  { name, table, place }: Where,
  reading: Reading,
  { isOverride = false }: TableRules,
): unknown {
  const key = tomlKey(name, field);
  const here = inside(place, key);
  if (!Object.hasOwn(table, key)) {
    if (isOverride) return undefined;
    return absent(field, here, reading);
  }
  const raw = table[key];
  const answer = field.read(raw, reading);
  const line = reading.lines.lineOf(here.path);
  if (answer.ok) {
    reading.values.push({
      key: here.shown,
      value: field.format(answer.value),
      source: { from: 'file', ...at(line) },
    });
    return answer.value;
  }
  reading.problems.push({
    ...at(line),
    key: here.shown,
    ...(field.isSecret || answer.hideValue === true ? {} : { value: shown(raw) }),
    problem: answer.problem,
    remedy: answer.remedy,
  });
  return undefined;
}

function absent(field: AnyField, here: Place, reading: Reading): unknown {
  if (field.fallback) {
    const value = field.fallback(reading);
    reading.values.push({
      key: here.shown,
      value: field.format(value),
      source: { from: 'default' },
    });
    return value;
  }
  if (field.presence === 'always') {
    reading.problems.push({
      ...at(reading.lines.lineOf(here.path)),
      key: here.shown,
      problem: 'is missing',
      remedy: `Add ${String(here.path.at(-1))} = ${field.exampleToml}. ${field.about}`,
    });
  }
  return undefined;
}

function refuseUnknownKeys(
  table: Readonly<Record<string, unknown>>,
  known: readonly string[],
  place: Place,
  reading: Reading,
): void {
  for (const key of Object.keys(table)) {
    if (known.includes(key)) continue;
    const here = inside(place, key);
    reading.problems.push({
      ...at(reading.lines.lineOf(here.path)),
      key: here.shown,
      problem: 'is not a setting here',
      remedy: remedyForUnknown(key, known, reading),
    });
  }
}

export function remedyForUnknown(
  key: string,
  known: readonly string[],
  reading: Pick<Reading, 'ownersOf'>,
): string {
  const near = didYouMean(key, known);
  if (near !== undefined) return `Did you mean ${near}?`;
  const owners = reading.ownersOf(key);
  if (owners.length > 0)
    return `It belongs in ${owners.map((owner) => `[${owner}]`).join(' or ')}.`;
  return known.length === 0 ? 'Take it out.' : `Take it out, or write one of: ${known.join(', ')}.`;
}

/** The table itself; a missing one counts as empty. */
export function asTable(
  raw: unknown,
  place: Place,
  reading: Reading,
): Readonly<Record<string, unknown>> | undefined {
  if (raw === undefined) return {};
  if (typeof raw === 'object' && raw !== null && !Array.isArray(raw) && !(raw instanceof Date))
    return raw as Record<string, unknown>;
  reading.problems.push({
    ...at(reading.lines.lineOf(place.path)),
    key: place.shown,
    value: shown(raw),
    problem: Array.isArray(raw)
      ? 'is a list of tables, and there is only one of it'
      : 'is not a table',
    remedy: `Write [${String(place.path.at(-1))}] once, with the settings below it.`,
  });
  return undefined;
}

export function at(line: number | undefined): { readonly line?: number } {
  return line === undefined ? {} : { line };
}
