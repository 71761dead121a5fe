// One package's part of the cluster file: a name, a sentence, fields, and rules that hold between the fields.
//
// The package owns it (its config.ts); the site composes all of them; this package reads them.
import type { Fields, ValuesOf } from './field.ts';

/** A rule between fields of one section; undefined when it holds. */
export type SectionCheck<F extends Fields> = (
  values: ValuesOf<F>,
) => SectionProblem<keyof F & string> | undefined;

export interface SectionProblem<Name extends string = string> {
  /** The field to look at first. */
  readonly field: Name;
  readonly problem: string;
  readonly remedy: string;
}

export interface Section<F extends Fields = Fields> {
  readonly name: string;
  readonly about: string;
  readonly fields: F;
  readonly checks: readonly SectionCheck<F>[];
}

/** All sections, by the name of their table in the file. */
export type Schema = Readonly<Record<string, AnySection>>;

// Section is contravariant in F through its checks, so the most general one has to be spelled with never.
export interface AnySection {
  readonly name: string;
  readonly about: string;
  readonly fields: Fields;
  readonly checks: readonly ((values: never) => SectionProblem | undefined)[];
}

/** The typed values of a section. */
export type SectionValues<S extends { readonly fields: Fields }> = ValuesOf<S['fields']>;

export function section<const F extends Fields>(
  name: string,
  fields: F,
  { about, checks = [] }: { readonly about: string; readonly checks?: readonly SectionCheck<F>[] },
): Section<F> {
  return { name, about, fields, checks };
}
