// The numbers of the spool for gauges and tables; all of them are at hand.
import type { SpoolStats } from '../spool.ts';
import type { Catalog } from './catalog.ts';

export interface CountedElsewhere {
  readonly segments: number;
  readonly diskFreeBytes: number;
  readonly corrupt: number;
  readonly isLoaded: boolean;
}

export function spoolStats(catalog: Catalog, counted: CountedElsewhere): SpoolStats {
  const { size: messages, held, sizeBytes } = catalog;
  const oldest = catalog.oldest();
  return {
    messages,
    held,
    sizeBytes,
    ...counted,
    ...(oldest ? { oldestAcceptedAtMs: oldest.acceptedAtMs } : {}),
  };
}
