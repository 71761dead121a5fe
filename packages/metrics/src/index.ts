// The public face of @restante/metrics.
export type { LabelledValue, Metrics, MetricsOptions, ReadGauge } from './metrics.ts';
export { createMetrics } from './metrics.ts';
export type { GaugeName } from './gauge-series.ts';
export { gaugeSeries, peerStates } from './gauge-series.ts';
export { counterSeries } from './counter-series.ts';
export { histogramSeries } from './histogram-series.ts';
