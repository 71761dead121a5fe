// Memory of a long-lived process: V8 lets a heap grow fourfold before it collects again, and gives little back. A node that has
// just taken a hundred thousand messages, or read a thousand modules, would keep hundreds of megabytes for what fits into one.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** From now on the heap may double, not quadruple, between two full collections. Costs a few per cent of a busy processor. */
export function keepHeapSmall(): void {
  setFlagsFromString('--heap-growing-percent=100');
}

/** One full collection that returns what is free to the system. Stops everything for some 50 ms: for the end of a start. */
export function returnFreeMemory(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as (options: { type: string; flavor: string }) => void;
  setFlagsFromString('--no-expose-gc');
  collect({ type: 'major', flavor: 'last-resort' });
}
