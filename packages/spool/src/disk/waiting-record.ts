// A record on its way to the disk, and who wants to know what became of it.
import type { SpoolError } from '../errors.ts';
import type { RecordToWrite } from './record.ts';
import type { Segment } from './segment.ts';

export interface WaitingRecord {
  readonly record: RecordToWrite;
  /** Segments this record speaks about: the one it lands in must outlive them. */
  readonly refersTo: readonly number[];
  /** False: it may ride with a later sync. */
  readonly isUrgent: boolean;
  /** Written but not synced: enough for what may be forgotten by a power cut. */
  written?(segment: Segment, offset: number, headBytes: number): void;
  /** What was written is void after all; it is written again elsewhere, or failed() follows. */
  unwritten?(): void;
  durable(segment: Segment, offset: number, headBytes: number): void;
  failed(cause: SpoolError): void;
}

/** Called before each batch: many small facts become one record. */
export type Contributor = () => WaitingRecord | undefined;
