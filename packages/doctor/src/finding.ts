// Findings in one shape. Whatever DNS or a server of others said is in them, so what is not printable goes.
import type { Finding } from './doctor.ts';

export interface About {
  fine(found: string): Finding;
  notice(found: string, remedy: string): Finding;
  problem(found: string, remedy: string): Finding;
  unknown(found: string, remedy?: string): Finding;
}

const lineMax = 600;

export function about(check: string, subject: string): About {
  const make = (state: Finding['state']) => (found: string, remedy?: string) => ({
    check,
    subject: line(subject),
    state,
    found: line(found),
    ...(remedy === undefined ? {} : { remedy: line(remedy) }),
  });
  const unknown = make('unknown');
  return {
    fine: make('fine'),
    notice: make('notice'),
    problem: make('problem'),
    unknown: (found, remedy = 'Look again later: restante doctor.') => unknown(found, remedy),
  };
}

function line(text: string): string {
  // Control characters, invisible ones, and those that turn the direction of a line.
  const shown = text
    .slice(0, 4 * lineMax)
    .replaceAll(/[\p{C}\p{Z}]+/gu, ' ')
    .trim();
  return shown.length > lineMax ? `${shown.slice(0, lineMax - 3)}...` : shown;
}

export function words(items: readonly string[]): string {
  return items.length < 2
    ? (items[0] ?? 'none')
    : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}
