// The public face of @restante/scanners.
export type {
  MessageToScan,
  ScannerEvent,
  ScannerName,
  Scanners,
  ScanReport,
  SpamScore,
  TaughtMessage,
} from './scanners.ts';
