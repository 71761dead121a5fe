// Findings for people: what is not fine first, each with what to do; what both sites see alike is said once.
import type { DoctorFinding } from '@restante/site-api';
import type { Cli } from '../cli.ts';
import { printableLine } from '../output/printable.ts';
import { countOf } from '../output/words.ts';

export interface Seen extends DoctorFinding {
  /** The site that looked; absent: nobody's in particular. */
  readonly site?: string;
}

interface Told extends DoctorFinding {
  readonly sites: readonly string[];
}

const order = ['problem', 'unknown', 'notice', 'fine'] as const;

export function showFindings(
  cli: Cli,
  seen: readonly Seen[],
  { isAll }: { readonly isAll: boolean },
): void {
  const { screen } = cli;
  screen.json(seen);
  if (screen.isJson) return;
  const told = together(seen);
  const shown = told.filter(({ state }) => isAll || state !== 'fine');
  if (shown.length > 0) table(cli, shown);
  const remedies = shown.filter(({ state }) => state !== 'fine');
  if (remedies.length > 0) {
    screen.say();
    screen.say('What to do');
    for (const each of remedies) screen.say(remedyOf(each));
    screen.say();
  }
  screen.say(summary(told));
}

function table({ screen }: Cli, shown: readonly Told[]): void {
  const { colours } = screen;
  screen.table({
    columns: [{ title: '' }, { title: 'check' }, { title: 'about' }, { title: 'found' }],
    rows: shown.map(({ state, check, subject, found, sites }) => [
      state,
      check,
      subject,
      sites.length === 0 ? found : `${found} (seen at ${sites.join(', ')})`,
    ]),
    paint: (cell, { row, column }) => {
      if (row === 'title' || column !== 0) return cell;
      const state = cell.trim();
      if (state === 'fine') return colours.good(cell);
      return state === 'problem' ? colours.bad(cell) : colours.warning(cell);
    },
  });
}

function remedyOf({ check, subject, found, remedy = '' }: Told): string {
  return [
    `  ${printableLine(check)}, ${printableLine(subject)}`,
    `    ${printableLine(found)}`,
    `    ${printableLine(remedy)}`,
  ].join('\n');
}

function together(seen: readonly Seen[]): readonly Told[] {
  const byWords = new Map<string, Told>();
  for (const { site, ...finding } of seen) {
    const { check, subject, state, found } = finding;
    const key = JSON.stringify([check, subject, state, found]);
    const sites = [...(byWords.get(key)?.sites ?? []), ...(site === undefined ? [] : [site])];
    byWords.set(key, { ...finding, sites: [...new Set(sites)] });
  }
  return [...byWords.values()].toSorted(
    (one, other) => order.indexOf(one.state) - order.indexOf(other.state),
  );
}

function summary(told: readonly Told[]): string {
  const count = (state: Told['state']) => told.filter((each) => each.state === state).length;
  const parts = [
    countOf(count('problem'), 'problem'),
    countOf(count('notice'), 'notice'),
    `${count('unknown')} unknown`,
    `${count('fine')} fine`,
  ];
  return `${parts.join(', ')}.`;
}
