// The result of a soak for people.
import type { PartResult, SoakResult } from './soak-result.ts';

export function asMarkdown({ parts, notTried }: SoakResult): string {
  return [
    '# The last soak',
    '',
    'Made by `pnpm soak`; not written by hand. Each part carries its own date, because some may have been run again.',
    '',
    '| part | result | lost | twice | minutes | when | revision |',
    '|---|---|---:|---:|---:|---|---|',
    ...parts.map(row),
    ...notTried.map((name) => `| ${name} | not tried | | | | | |`),
    '',
    ...parts.flatMap(details),
  ].join('\n');
}

function row(part: PartResult): string {
  const cells = [
    part.name,
    wordsOf(part),
    sum(part, 'lost'),
    sum(part, 'twice'),
    (part.durationMs / 60_000).toFixed(1),
    part.startedAt.slice(0, 16).replace('T', ' '),
    part.revision,
  ];
  return `| ${cells.join(' | ')} |`;
}

function wordsOf({ outcome, tests }: PartResult): string {
  const of = (wanted: string) => tests.filter((one) => one.outcome === wanted).length;
  const others = [
    ...(of('failed') > 0 ? [`${of('failed')} failed`] : []),
    ...(of('skipped') > 0 ? [`${of('skipped')} skipped`] : []),
  ];
  return `${outcome}: ${[`${of('passed')} tests passed`, ...others].join(', ')}`;
}

/** Empty where nothing was counted: no number is not zero. */
function sum({ findings }: PartResult, name: string): string {
  const numbers = findings.map((found) => found[name]).filter((value) => typeof value === 'number');
  return numbers.length === 0 ? '' : String(numbers.reduce((total, value) => total + value, 0));
}

function details(part: PartResult): readonly string[] {
  const { machine, settings } = part;
  return [
    `## ${part.name}`,
    '',
    `${part.title}. ${machine.cpus} x ${machine.model}, ${machine.memoryGiB} GiB, Linux ${machine.kernel}, Node ${machine.node}.`,
    ...(Object.keys(settings).length === 0
      ? []
      : [
          '',
          `Settings: ${Object.entries(settings)
            .map(([key, value]) => `${key}=${value}`)
            .join(' ')}`,
        ]),
    '',
    ...part.tests.map(
      ({ name, outcome, durationMs, why }) =>
        `- ${outcome}: ${name} (${(durationMs / 1000).toFixed(1)} s)${why === undefined ? '' : `: ${why}`}`,
    ),
    ...part.findings.map(
      ({ drill: _, ...counts }) =>
        `- counted: ${Object.entries(counts)
          .map(([key, value]) => `${key} ${value}`)
          .join(', ')}`,
    ),
    '',
  ];
}
