// Which held entry a duplicate key belongs to. Linear, so for duplicates only; keys themselves know no ids.
import type { Catalog } from './catalog.ts';
import type { Segment } from './segment.ts';

export function findOwner(
  segments: ReadonlyMap<number, Segment>,
  catalog: Catalog,
  keys: Uint32Array,
  at: number,
): string | undefined {
  for (const segment of [...segments.values()].toReversed()) {
    const offset = segment.keys.ownerOf(keys[at] ?? 0, keys[at + 1] ?? 0, keys[at + 2] ?? 0);
    if (offset === undefined) continue;
    for (const entry of catalog.entries()) {
      if (entry.segment === segment && entry.offset === offset) return entry.id;
    }
  }
  return undefined;
}
