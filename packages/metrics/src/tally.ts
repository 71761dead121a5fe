// A counter that costs two map look-ups and an addition: plain numbers here, handed to prom-client when somebody scrapes.
//
// Promise: add() never throws, makes no garbage for a label seen before, and never grows without bound: a label value
// that does not look like one of ours, or one too many, is counted as "other". So no address can become a label.
import { Counter, type Registry } from 'prom-client';
import type { CounterSeries } from './counter-series.ts';

export interface Tally {
  add(count: number, first?: string, second?: string): void;
  /** Sum over the second label. */
  value(first?: string): number;
  /** The values of the first label seen so far. */
  firsts(): IterableIterator<string>;
}

interface Cell {
  value: number;
}

const labelValue = /^[a-z0-9][a-z0-9:._+-]{0,63}$/i;
const cellsMax = 200;
const other = 'other';

export function createTally(registry: Registry, series: CounterSeries): Tally {
  const rows = new Map<string, Map<string, Cell>>();
  let cells = 0;

  /** Makes the cell, or finds the one for what has no cell of its own. */
  function cellFor(first: string, second: string): Cell {
    const isOurs = isLabelValue(first) && isLabelValue(second) && cells < cellsMax;
    const [one, two] = isOurs ? [first, second] : [first && other, second && other];
    let row = rows.get(one);
    if (row === undefined) rows.set(one, (row = new Map()));
    let cell = row.get(two);
    if (cell === undefined) {
      row.set(two, (cell = { value: 0 }));
      cells += 1;
    }
    return cell;
  }

  if (series.labels === undefined) cellFor('', '');
  for (const value of series.zero ?? []) cellFor(value, '');
  expose(registry, series, rows);
  return {
    add(count, first = '', second = '') {
      if (!(count >= 0)) return;
      (rows.get(first)?.get(second) ?? cellFor(first, second)).value += count;
    },
    value(first = '') {
      return [...(rows.get(first)?.values() ?? [])].reduce((sum, cell) => sum + cell.value, 0);
    },
    firsts: () => rows.keys(),
  };
}

function isLabelValue(value: string): boolean {
  return value === '' || labelValue.test(value);
}

function expose(
  registry: Registry,
  series: CounterSeries,
  rows: Map<string, Map<string, Cell>>,
): void {
  const { name, help } = series;
  const labels: readonly string[] = series.labels ?? [];
  const counter = new Counter({
    name,
    help,
    labelNames: labels,
    registers: [],
    collect() {
      this.reset();
      for (const [one, row] of rows) {
        for (const [two, { value }] of row) {
          this.inc(
            Object.fromEntries(labels.map((label, at) => [label, at === 0 ? one : two])),
            value,
          );
        }
      }
    },
  });
  registry.registerMetric(counter);
}
