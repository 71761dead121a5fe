// Memory of a long-lived process: V8 lets a heap grow fourfold before it collects again, and gives little back. A node that has
// just taken a hundred thousand messages, or read a thousand modules, would keep hundreds of megabytes for what fits into one.
//
// The collections that give memory back also throw compiled code away, all that works on objects nobody has at the moment; the
// next burst of mail then begins a fifth slower. So they wait until it has really been quiet for half a minute, V8's own too.
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const lookEveryMs = 10_000;
/** A second of work within ten is no quiet. */
const quietShare = 0.05;
/** So many quiet looks in a row are the end of a burst, and not a pause within one. */
const quietLooks = 3;
const worthBytes = 24 * 1024 * 1024;

/**
 * From now on the heap may double, not quadruple, between two full collections; that costs a few per cent of a busy processor.
 * When the process has been quiet for half a minute, what a burst left behind goes back to the system.
 */
export function keepHeapSmall(): Disposable {
  setFlagsFromString('--heap-growing-percent=100');
  setFlagsFromString(`--memory-reducer-delay-ms=${quietLooks * lookEveryMs}`);
  let last = performance.eventLoopUtilization();
  let quiet = 0;
  const timer = setInterval(() => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, last);
    last = now;
    quiet = utilization < quietShare ? quiet + 1 : 0;
    if (quiet < quietLooks) return;
    const { total_heap_size: total, used_heap_size: used } = getHeapStatistics();
    if (total - used > worthBytes) returnFreeMemory();
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
