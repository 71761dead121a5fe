// Reads the sections of the packages, and what single sites override of them.
import { tomlKey } from './field.ts';
import { asTable, at, inside, readTable } from './read-table.ts';
import type { Place, Reading } from './read-table.ts';
import type { TopologyFound } from './read-topology.ts';
import type { AnySection, Schema, SectionProblem } from './section.ts';

type Values = Readonly<Record<string, unknown>>;

/** Values by section, or undefined when one of them has a problem. */
export function readSections(
  tables: Values,
  schema: Schema,
  reading: Reading,
): Readonly<Record<string, Values>> | undefined {
  const sections: Record<string, Values> = {};
  for (const [name, section] of Object.entries(schema)) {
    const place = { path: [name], shown: name };
    const values = readTable(section.fields, tables[name], place, reading);
    if (values && applyChecks(section, values, [place], reading)) sections[name] = values;
  }
  return isComplete(sections, schema) ? sections : undefined;
}

/** The sections as they hold at each site, by the site's name. */
export function readSiteSections(
  found: TopologyFound,
  tables: Values,
  schema: Schema,
  reading: Reading,
): Readonly<Record<string, Readonly<Record<string, Values>>>> | undefined {
  const quiet: Reading = { ...reading, problems: [], values: [] };
  const bySite: Record<string, Record<string, Values>> = {};
  let isWhole = true;
  for (const { name, place, table } of found.sites) {
    if (name === undefined) continue;
    const sections: Record<string, Values> = {};
    for (const [key, section] of Object.entries(schema)) {
      // Problems of the cluster's own table were told by readSections.
      const base = readTable(section.fields, tables[key], { path: [key], shown: key }, quiet);
      const values =
        base &&
        overridden(
          section,
          base,
          { raw: table[key], place: inside(place, key), base: { path: [key], shown: key } },
          reading,
        );
      if (values) sections[key] = values;
    }
    isWhole &&= isComplete(sections, schema);
    bySite[name] = sections;
  }
  return isWhole ? bySite : undefined;
}

interface Override {
  readonly raw: unknown;
  readonly place: Place;
  readonly base: Place;
}

function overridden(
  section: AnySection,
  values: Values,
  { raw, place, base }: Override,
  reading: Reading,
): Values | undefined {
  if (raw === undefined) return values;
  const table = asTable(raw, place, reading);
  const over = table && readTable(section.fields, table, place, reading, { isOverride: true });
  if (!over) return undefined;
  const merged = { ...values, ...over };
  return applyChecks(section, merged, [place, base], reading) ? merged : undefined;
}

/** Rules between the fields of a section. The problem is shown where the field stands: at the site, or in the section. */
function applyChecks(
  section: AnySection,
  values: Values,
  places: readonly Place[],
  reading: Reading,
): boolean {
  const before = reading.problems.length;
  for (const check of section.checks) {
    // The values were read from this section's own fields.
    const problem = (check as unknown as (values: Values) => SectionProblem | undefined)(values);
    if (!problem) continue;
    const field = section.fields[problem.field];
    const key = field ? tomlKey(problem.field, field) : problem.field;
    const place = places[0] ?? { path: [section.name], shown: section.name };
    const here = inside(place, key);
    const value =
      field && values[problem.field] !== undefined
        ? { value: field.format(values[problem.field]) }
        : {};
    reading.problems.push({
      ...at(reading.lines.lineOf(here.path)),
      key: here.shown,
      ...value,
      problem: problem.problem,
      remedy: problem.remedy,
    });
  }
  return reading.problems.length === before;
}

function isComplete(sections: Readonly<Record<string, Values>>, schema: Schema): boolean {
  return Object.keys(schema).every((name) => Object.hasOwn(sections, name));
}
