// A histogram of durations as plain numbers, made into prom-client's shape when somebody scrapes. observe() never throws: an
// event sink must not. It costs an addition in one bucket: prom-client's own looks buckets up by their bounds as text.
import type { Histogram, MetricValueWithName, Registry } from 'prom-client';
import type { HistogramSeries } from './histogram-series.ts';

export interface Timing {
  observeMs(durationMs: number, label?: string): void;
}

interface Child {
  /** Observations up to each bound, not counting those of the bounds before it. */
  readonly buckets: number[];
  sumSeconds: number;
  count: number;
}

const childrenMax = 100;

export function createTiming(registry: Registry, series: HistogramSeries): Timing {
  const { label, buckets: bounds } = series;
  const children = new Map<string, Child>();
  const childFor = (value: string): Child => {
    const child = { buckets: bounds.map(() => 0), sumSeconds: 0, count: 0 };
    children.set(children.size < childrenMax ? value : 'other', child);
    return child;
  };
  if (label === undefined) childFor('');
  expose(registry, series, children);

  return {
    observeMs(durationMs, value = '') {
      // A clock that stepped back, or a number that is none, says nothing about time.
      if (!(durationMs >= 0 && durationMs < Number.POSITIVE_INFINITY)) return;
      const seconds = durationMs / 1000;
      const child = children.get(value) ?? children.get('other') ?? childFor(value);
      child.sumSeconds += seconds;
      child.count += 1;
      const bucket = bounds.findIndex((bound) => seconds <= bound);
      if (bucket !== -1) child.buckets[bucket] = (child.buckets[bucket] ?? 0) + 1;
    },
  };
}

function expose(
  registry: Registry,
  series: HistogramSeries,
  children: ReadonlyMap<string, Child>,
): void {
  const { name, help } = series;
  const get = async () => ({
    name,
    help,
    type: 'histogram',
    aggregator: 'sum',
    values: [...children].flatMap(([value, child]) => valuesOf(series, value, child)),
  });
  // All that a registry asks of a metric is its name and get().
  registry.registerMetric({ name, get } as unknown as Histogram);
}

function valuesOf(
  { name, label, buckets: bounds }: HistogramSeries,
  labelValue: string,
  { buckets, sumSeconds, count }: Child,
): MetricValueWithName<string>[] {
  const labels = label === undefined ? {} : { [label]: labelValue };
  let upTo = 0;
  const rows = bounds.map((bound, at) => {
    upTo += buckets[at] ?? 0;
    return { metricName: `${name}_bucket`, labels: { le: bound, ...labels }, value: upTo };
  });
  return [
    ...rows,
    { metricName: `${name}_bucket`, labels: { le: '+Inf', ...labels }, value: count },
    { metricName: `${name}_sum`, labels, value: sumSeconds },
    { metricName: `${name}_count`, labels, value: count },
  ];
}
