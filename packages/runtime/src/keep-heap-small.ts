// Memory after a burst: V8 lets a heap grow fourfold before it collects again, and gives little back. A node that has just
// taken a hundred thousand messages would keep hundreds of megabytes for what fits into one.
import { setFlagsFromString } from 'node:v8';

/** From now on the heap may double, not quadruple, between two full collections. Costs a few per cent of a busy processor. */
export function keepHeapSmall(): void {
  setFlagsFromString('--heap-growing-percent=100');
}
