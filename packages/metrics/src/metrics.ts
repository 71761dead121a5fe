// The numbers of one site: events go in, Prometheus text comes out.
//
// Promises
// - record() never throws, never blocks and does not wait for a scrape; it is cheap enough for every message.
// - Every series begins with restante_ and carries its unit; no label is ever an address or somebody's domain.
// - A gauge whose reader fails is left out of that scrape and the rest is served: a broken part must not hide the others.
// - Nothing global: two sites in one process keep apart.
import type { RestanteEvent } from '@restante/mail-model';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { counterSeries } from './counter-series.ts';
import { gaugeSeries, type GaugeName, type GaugeSeries } from './gauge-series.ts';
import { histogramSeries } from './histogram-series.ts';
import { createRecorders, type Instruments } from './record-event.ts';
import { createTally } from './tally.ts';
import { createTiming } from './timing.ts';

export interface LabelledValue {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** One number for a gauge without labels, a list for one with labels. May take a moment (Redis); must not hang. */
export type ReadGauge = () =>
  | number
  | readonly LabelledValue[]
  | Promise<number | readonly LabelledValue[]>;

export interface Metrics {
  record(event: RestanteEvent): void;
  /** Says how a gauge of the catalogue is read. Once per name. */
  gauge(name: GaugeName, read: ReadGauge): void;
  render(): Promise<{ readonly contentType: string; readonly body: string }>;
}

export interface MetricsOptions {
  readonly site: string;
  readonly version: string;
  /** Called with the name of a gauge that could not be read, and why. */
  readonly onUnreadable?: (name: GaugeName, cause: unknown) => void;
}

export function createMetrics({ site, version, onUnreadable }: MetricsOptions): Metrics {
  const registry = new Registry();
  const instruments = createInstruments(registry);
  const recorders = createRecorders(instruments);
  exposeBuildInfo(registry, { site, version });
  exposeDerived(registry, instruments);
  collectDefaultMetrics({ register: registry, prefix: 'restante_' });

  return {
    record(event) {
      // The table is complete and each entry takes the event of its own name; the compiler cannot follow the pairing.
      (recorders[event.name] as ((event: RestanteEvent) => void) | undefined)?.(event);
    },
    gauge: (name, read) => exposeGauge(registry, { name, read, onUnreadable }),
    async render() {
      return { contentType: registry.contentType, body: await registry.metrics() };
    },
  };
}

function createInstruments(registry: Registry): Instruments {
  const counters = mapValues(counterSeries, (series) => createTally(registry, series));
  const timings = mapValues(histogramSeries, (series) => createTiming(registry, series));
  return { counters, timings, start: { durationMs: 0 } };
}

function mapValues<Source extends object, Value>(
  source: Source,
  make: (value: Source[keyof Source]) => Value,
): Record<keyof Source, Value> {
  const entries = Object.entries(source).map(([key, value]) => [key, make(value)]);
  return Object.fromEntries(entries) as Record<keyof Source, Value>;
}

interface GaugeReader {
  readonly name: GaugeName;
  readonly read: ReadGauge;
  readonly onUnreadable: MetricsOptions['onUnreadable'];
}

function exposeGauge(registry: Registry, { name, read, onUnreadable }: GaugeReader): void {
  const { help, labels = [] }: GaugeSeries = gaugeSeries[name];
  const gauge = new Gauge({
    name,
    help,
    labelNames: labels,
    registers: [],
    async collect() {
      // Border: one reader that fails leaves its own series out, never the whole scrape.
      try {
        const now = await read();
        this.reset();
        if (typeof now === 'number') this.set(now);
        else for (const { labels: values, value } of now) this.set(values, value);
      } catch (cause) {
        this.reset();
        if (labels.length === 0) this.remove();
        onUnreadable?.(name, cause);
      }
    },
  });
  registry.registerMetric(gauge);
}

function exposeBuildInfo(registry: Registry, { site, version }: { site: string; version: string }) {
  const info = new Gauge({
    name: 'restante_build_info',
    help: 'Always 1; the labels say which site runs what.',
    labelNames: ['site', 'version', 'node'],
    registers: [registry],
  });
  info.set({ site, version, node: process.version }, 1);
}

/** Gauges that follow from events alone. */
function exposeDerived(registry: Registry, { counters, start }: Instruments): void {
  const { sessionsOpened, sessionsClosed } = counters;
  const derived = [
    new Gauge({
      name: 'restante_sessions_open',
      help: 'SMTP sessions open now.',
      labelNames: ['listener'],
      registers: [],
      collect() {
        for (const listener of sessionsOpened.firsts()) {
          this.set({ listener }, sessionsOpened.value(listener) - sessionsClosed.value(listener));
        }
      },
    }),
    new Gauge({
      name: 'restante_site_start_duration_seconds',
      help: 'How long the last start took until mail was accepted.',
      registers: [],
      collect() {
        this.set(start.durationMs / 1000);
      },
    }),
  ];
  for (const gauge of derived) registry.registerMetric(gauge);
}
