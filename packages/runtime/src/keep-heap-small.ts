// Memory of a long-lived process: V8 lets a heap grow fourfold before it collects again, and gives little back. A node that has
// just taken a hundred thousand messages, or read a thousand modules, would keep hundreds of megabytes for what fits into one.
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const lookEveryMs = 15_000;
/** Busier than this, nobody should be made to wait for tidiness. */
const quietShare = 0.2;
const worthBytes = 24 * 1024 * 1024;

/**
 * From now on the heap may double, not quadruple, between two full collections; that costs a few per cent of a busy processor.
 * When the process has become quiet, what a burst left behind goes back to the system.
 */
export function keepHeapSmall(): Disposable {
  setFlagsFromString('--heap-growing-percent=100');
  let last = performance.eventLoopUtilization();
  const timer = setInterval(() => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, last);
    last = now;
    const { total_heap_size: total, used_heap_size: used } = getHeapStatistics();
    if (utilization < quietShare && total - used > worthBytes) returnFreeMemory();
  }, lookEveryMs).unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

/** One full collection that returns what is free to the system. Stops everything for some 50 ms: for the end of a start. */
export function returnFreeMemory(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as (options: { type: string; flavor: string }) => void;
  setFlagsFromString('--no-expose-gc');
  collect({ type: 'major', flavor: 'last-resort' });
}
