// The kinds of settings there are. Each is a function that takes its limits and its sentence and gives a Field.
//
// { default } makes a key optional with a value; { optional: true } makes it optional without one; neither: required.
import assert from 'node:assert/strict';
import type { Field, FieldAnswer, FieldContext } from './field.ts';
import { formatBytes, formatDuration, parseBytes, parseDuration } from './units.ts';

type Presence = 'always' | 'maybe';

export interface Common<Default> {
  readonly about: string;
  readonly default?: Default;
  readonly optional?: boolean;
  /** What to show in the example file when there is no default. */
  readonly example?: Default;
}

/** "maybe" when the caller said optional, so that the type of the value says so too. */
export type PresenceOf<O> = O extends { readonly optional: true } ? 'maybe' : 'always';

interface Making<T, Written> {
  readonly suffix?: '' | 'Ms' | 'Bytes';
  readonly allowed?: string;
  readonly isSecret?: boolean;
  read(raw: unknown, context: FieldContext): FieldAnswer<T>;
  format(value: T): string;
  /** TOML of a default or example as the programmer wrote it. */
  toml(written: Written): string;
}

/** What all kinds have in common. A default that the field itself would refuse is our own mistake. */
export function makeField<T, Written, O extends Common<Written>>(
  options: O,
  { suffix = '', allowed, isSecret = false, read, format, toml }: Making<T, Written>,
): Field<T, PresenceOf<O>> {
  const written = options.default;
  const fallback = (context: FieldContext): T => {
    const answer = read(written, context);
    assert(answer.ok, `default ${String(written)}: ${answer.ok ? '' : answer.problem}`);
    return answer.value;
  };
  const example = options.default ?? options.example;
  return {
    kind: 'field',
    about: options.about,
    ...(allowed === undefined ? {} : { allowed }),
    suffix,
    ...(written === undefined ? {} : { defaultToml: toml(written), fallback }),
    exampleToml: example === undefined ? '""' : toml(example),
    isSecret,
    // The type follows the option; the compiler cannot see that the value does too.
    presence: (options.optional === true ? 'maybe' : 'always') as PresenceOf<O> & Presence,
    read,
    format,
  };
}

export function no(
  problem: string,
  remedy: string,
): { readonly ok: false; readonly problem: string; readonly remedy: string } {
  return { ok: false, problem, remedy };
}

/** A length of time; in code milliseconds, the name ends in Ms. */
export function duration<const O extends Common<string> & Range<string>>(
  options: O,
): Field<number, PresenceOf<O>> {
  return quantity(options, {
    suffix: 'Ms',
    parse: parseDuration,
    format: formatDuration,
    hint: 'Write a number and its unit: ms, s, min, h or d, for example "90s" or "4h".',
  });
}

/** A size; in code bytes, the name ends in Bytes. */
export function bytes<const O extends Common<string> & Range<string>>(
  options: O,
): Field<number, PresenceOf<O>> {
  return quantity(options, {
    suffix: 'Bytes',
    parse: parseBytes,
    format: formatBytes,
    hint: 'Write a number and its unit: B, KiB, MiB or GiB, for example "256KiB".',
  });
}

interface Range<Written> {
  readonly min?: Written;
  readonly max?: Written;
}

interface Quantity {
  readonly suffix: 'Ms' | 'Bytes';
  parse(
    text: string,
  ):
    | { readonly ok: true; readonly value: number }
    | { readonly ok: false; readonly problem: string };
  format(value: number): string;
  readonly hint: string;
}

function quantity<const O extends Common<string> & Range<string>>(
  options: O,
  { suffix, parse, format, hint }: Quantity,
): Field<number, PresenceOf<O>> {
  const bound = (text: string | undefined): number | undefined => {
    if (text === undefined) return undefined;
    const parsed = parse(text);
    assert(parsed.ok, `bound ${text}`);
    return parsed.value;
  };
  const min = bound(options.min) ?? 0;
  const max = bound(options.max) ?? Number.MAX_SAFE_INTEGER;
  const allowed = rangeText(options.min, options.max);
  return makeField<number, string, O>(options, {
    suffix,
    ...(allowed === undefined ? {} : { allowed }),
    format: (value) => JSON.stringify(format(value)),
    toml: (written) => JSON.stringify(written),
    read(raw) {
      if (typeof raw === 'number') return no('has no unit', hint);
      if (typeof raw !== 'string') return no('is not text', hint);
      const parsed = parse(raw);
      if (!parsed.ok) return no(parsed.problem, hint);
      if (parsed.value < min) return no('is too small', `The least is ${format(min)}.`);
      if (parsed.value > max) return no('is too large', `The most is ${format(max)}.`);
      return parsed;
    },
  });
}

/** A whole number of things. */
export function count<const O extends Common<number> & Range<number>>(
  options: O,
): Field<number, PresenceOf<O>> {
  return number(options, { isWhole: true });
}

/** A part of one, such as 0.2. */
export function ratio<const O extends Common<number> & Range<number>>(
  options: O,
): Field<number, PresenceOf<O>> {
  return number({ min: 0, max: 1, ...options }, { isWhole: false });
}

function number<const O extends Common<number> & Range<number>>(
  options: O,
  { isWhole }: { readonly isWhole: boolean },
): Field<number, PresenceOf<O>> {
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = options;
  const allowed = rangeText(options.min, options.max);
  return makeField<number, number, O>(options, {
    ...(allowed === undefined ? {} : { allowed }),
    format: String,
    toml: String,
    read(raw) {
      const hint = isWhole
        ? 'Write a whole number without quotes.'
        : 'Write a number without quotes, such as 0.2.';
      if (typeof raw !== 'number' || !Number.isFinite(raw)) return no('is not a number', hint);
      if (isWhole && !Number.isSafeInteger(raw)) return no('is not a whole number', hint);
      if (raw < min) return no('is too small', `The least is ${min}.`);
      if (raw > max) return no('is too large', `The most is ${max}.`);
      return { ok: true, value: raw };
    },
  });
}

/** Yes or no. */
export function flag<const O extends Common<boolean>>(options: O): Field<boolean, PresenceOf<O>> {
  return makeField<boolean, boolean, O>(options, {
    allowed: 'true or false',
    format: String,
    toml: String,
    read: (raw) =>
      typeof raw === 'boolean'
        ? { ok: true, value: raw }
        : no('is neither true nor false', 'Write true or false without quotes.'),
  });
}

/** One of a few words. */
export function oneOf<const Word extends string, const O extends Common<Word>>(
  words: readonly Word[],
  options: O,
): Field<Word, PresenceOf<O>> {
  const list = words.map((word) => JSON.stringify(word)).join(', ');
  return makeField<Word, Word, O>(options, {
    allowed: list,
    format: (value) => JSON.stringify(value),
    toml: (written) => JSON.stringify(written),
    read(raw) {
      const word = words.find((candidate) => candidate === raw);
      return word === undefined
        ? no('is not one of the choices', `Write one of ${list}.`)
        : { ok: true, value: word };
    },
  });
}

/** A list whose elements are read by another field. */
export function list<T, const O extends Common<readonly string[]>>(
  element: Field<T>,
  options: O,
): Field<readonly T[], PresenceOf<O>> {
  return makeField<readonly T[], readonly string[], O>(options, {
    ...(element.allowed === undefined ? {} : { allowed: `list of: ${element.allowed}` }),
    format: (values) => `[${values.map((value) => element.format(value)).join(', ')}]`,
    toml: (written) => `[${written.map((value) => JSON.stringify(value)).join(', ')}]`,
    read(raw, context) {
      if (!Array.isArray(raw))
        return no('is not a list', 'Write [ ] around it, with commas between the elements.');
      const values: T[] = [];
      for (const [index, part] of raw.entries()) {
        const answer = element.read(part, context);
        if (!answer.ok) return no(`element ${index + 1} ${answer.problem}`, answer.remedy);
        values.push(answer.value);
      }
      return { ok: true, value: values };
    },
  });
}

function rangeText(
  min: string | number | undefined,
  max: string | number | undefined,
): string | undefined {
  if (min !== undefined && max !== undefined) return `${min} to ${max}`;
  if (min !== undefined) return `at least ${min}`;
  return max === undefined ? undefined : `at most ${max}`;
}
