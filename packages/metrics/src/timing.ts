// A histogram of durations with its children bound once per label value. observe() never throws: an event sink must not.
import { Histogram, type Registry } from 'prom-client';
import type { HistogramSeries } from './histogram-series.ts';

export interface Timing {
  observeMs(durationMs: number, label?: string): void;
}

interface Child {
  observe(seconds: number): void;
}

const childrenMax = 100;

export function createTiming(
  registry: Registry,
  { name, help, label, buckets }: HistogramSeries,
): Timing {
  const labelNames = label === undefined ? [] : [label];
  const histogram = new Histogram({
    name,
    help,
    labelNames,
    buckets: [...buckets],
    registers: [registry],
  });
  const children = new Map<string, Child>();

  function childFor(value: string): Child {
    const child = label === undefined ? histogram : histogram.labels({ [label]: value });
    if (children.size < childrenMax) children.set(value, child);
    return child;
  }

  return {
    observeMs(durationMs, value = '') {
      // A clock that stepped back, or a number that is none, says nothing about time.
      if (!(durationMs >= 0 && durationMs < Number.POSITIVE_INFINITY)) return;
      (children.get(value) ?? childFor(value)).observe(durationMs / 1000);
    },
  };
}
