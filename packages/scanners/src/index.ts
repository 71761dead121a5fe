// The public face of @restante/scanners.
export { scannersSection } from './config.ts';
export { createScanners } from './create-scanners.ts';
export type { ScannersOptions, ScannersSettings } from './create-scanners.ts';
export { ScannersError, scannersFailures } from './errors.ts';
export type { ScannersFailureCode } from './errors.ts';
export { spamLevelOf } from './spam-level.ts';
export type {
  FailedScan,
  MessageToScan,
  ScannerEvent,
  ScannerName,
  Scanners,
  ScanReport,
  SpamScore,
  TaughtMessage,
} from './scanners.ts';
