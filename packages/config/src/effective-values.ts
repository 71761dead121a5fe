// Every setting as it holds and where it came from; what `restante config print` shows.
import type { EffectiveValue, ValueSource } from './read-table.ts';

/** All of them, or those of one table: "retry", "site[shanghai]". */
export function effectiveValues(
  config: { readonly values: readonly EffectiveValue[] },
  { under }: { readonly under?: string } = {},
): readonly EffectiveValue[] {
  if (under === undefined) return config.values;
  return config.values.filter(({ key }) => key === under || key.startsWith(`${under}.`));
}

/** Aligned lines: key = value, then the source. */
export function formatValues(values: readonly EffectiveValue[]): string {
  const settings = values.map(({ key, value }) => `${key} = ${value}`);
  const width = Math.min(72, Math.max(0, ...settings.map((setting) => setting.length)));
  return values
    .map(
      ({ source }, index) => `${(settings[index] ?? '').padEnd(width)}  # ${sourceText(source)}\n`,
    )
    .join('');
}

function sourceText(source: ValueSource): string {
  if (source.from === 'default') return 'default';
  return source.line === undefined ? 'file' : `line ${source.line}`;
}
