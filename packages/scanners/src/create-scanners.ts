// The configured scanners behind their doors. See scanners.ts for what is promised.
import type { SectionValues } from '@restante/config';
import type { Clock } from '@restante/runtime';
import { askClamd } from './clamd/clamd.ts';
import type { scannersSection } from './config.ts';
import { createDoor } from './door.ts';
import { endpointOf } from './endpoint.ts';
import { ScannersError } from './errors.ts';
import { openRspamd, openRspamdTeacher } from './rspamd/rspamd.ts';
import { scannedSizeBytes } from './scanned-bytes.ts';
import type {
  FailedScan,
  MessageToScan,
  ScannerEvent,
  ScannerName,
  Scanners,
  SpamScore,
} from './scanners.ts';
import { askSpamd, tellSpamd } from './spamd/spamd.ts';
import { createTeaching, type Teacher } from './teaching.ts';

export type ScannersSettings = SectionValues<typeof scannersSection>;

export interface ScannersOptions {
  readonly settings: ScannersSettings;
  readonly clock: Clock;
  readonly onEvent: (event: ScannerEvent) => void;
}

/** What one of them answered, or why it did not. */
type Finding =
  | { readonly kind: 'score'; readonly score: SpamScore }
  | { readonly kind: 'virus'; readonly name: string }
  | { readonly kind: 'clean' }
  | { readonly kind: 'failed'; readonly failure: FailedScan };

interface Scanner {
  scan(message: MessageToScan, signal?: AbortSignal): Promise<Finding>;
}

interface ScannerParts {
  readonly name: ScannerName;
  readonly budgetMs: number;
  readonly sizeMaxBytes: number;
  ask(message: MessageToScan, signal: AbortSignal): Promise<Finding>;
}

export function createScanners(options: ScannersOptions): Scanners {
  const { settings, clock, onEvent } = options;
  const open: AsyncDisposable[] = [];
  const parts = [...spamScanners(settings, open), ...virusScanners(settings)];
  const scanners = parts.map((one) => scannerOf(one, options));
  const teaching = createTeaching({
    teachers: settings.teach ? teachersOf(settings, open) : [],
    budgetMs: settings.teachBudgetMs,
    waitingMax: settings.teachWaitingMax,
    clock,
    onEvent,
  });

  return {
    isConfigured: scanners.length > 0,
    async scan(message, signal) {
      signal?.throwIfAborted();
      const findings = await Promise.all(scanners.map((one) => one.scan(message, signal)));
      const virus = findings.find((one) => one.kind === 'virus')?.name;
      return {
        scores: findings.flatMap((one) => (one.kind === 'score' ? [one.score] : [])),
        ...(virus === undefined ? {} : { virus }),
        failed: findings.flatMap((one) => (one.kind === 'failed' ? [one.failure] : [])),
      };
    },
    teach: teaching.teach,
    async [Symbol.asyncDispose]() {
      await teaching.close();
      await Promise.all(open.map((one) => one[Symbol.asyncDispose]()));
    },
  };
}

function scannerOf(
  { name, budgetMs, sizeMaxBytes, ask }: ScannerParts,
  { settings, clock, onEvent }: ScannersOptions,
): Scanner {
  const door = createDoor({
    scanner: name,
    budgetMs,
    concurrentMax: settings.concurrentMax,
    failuresMax: settings.failuresMax,
    restMs: settings.leftAloneMs,
    clock,
    onEvent,
  });
  return {
    async scan(message, signal) {
      const sizeBytes = scannedSizeBytes(message);
      if (sizeBytes > sizeMaxBytes) {
        onEvent({ name: 'scanner.answered', scanner: name, outcome: 'skipped', durationMs: 0 });
        const about = `too large for ${name}: ${sizeBytes} bytes, at most ${sizeMaxBytes}`;
        return failedBy(name, new ScannersError('SCANNER_TOO_LARGE', { about }));
      }
      const asked = await door.ask((limit) => ask(message, limit), signal);
      return asked.kind === 'answered' ? asked.value : failedBy(name, asked.error);
    },
  };
}

function failedBy(scanner: ScannerName, error: ScannersError): Finding {
  const kind = error.retry ? 'down' : 'unable';
  return { kind: 'failed', failure: { scanner, why: error.message, kind } };
}

function spamScanners(
  settings: ScannersSettings,
  open: AsyncDisposable[],
): readonly ScannerParts[] {
  const found: ScannerParts[] = [];
  const spamd = endpointOf(settings.spamd);
  if (spamd !== undefined)
    found.push({
      name: 'spamd',
      budgetMs: settings.spamdBudgetMs,
      sizeMaxBytes: settings.spamdMaxBytes,
      ask: async (message, signal) => ({
        kind: 'score',
        score: await askSpamd({ endpoint: spamd, user: settings.spamdUser }, message, signal),
      }),
    });
  const rspamd = endpointOf(settings.rspamd);
  if (rspamd !== undefined) {
    const opened = openRspamd(rspamd, {
      connections: settings.concurrentMax,
      timeoutMs: settings.rspamdBudgetMs,
    });
    open.push(opened);
    found.push({
      name: 'rspamd',
      budgetMs: settings.rspamdBudgetMs,
      sizeMaxBytes: settings.rspamdMaxBytes,
      ask: async (message, signal) => ({
        kind: 'score',
        score: await opened.ask(message, signal),
      }),
    });
  }
  return found;
}

function virusScanners(settings: ScannersSettings): readonly ScannerParts[] {
  const endpoint = endpointOf(settings.clamd);
  if (endpoint === undefined) return [];
  return [
    {
      name: 'clamd',
      budgetMs: settings.clamdBudgetMs,
      sizeMaxBytes: settings.clamdMaxBytes,
      async ask(message, signal) {
        const name = await askClamd(endpoint, message, signal);
        return name === undefined ? { kind: 'clean' } : { kind: 'virus', name };
      },
    },
  ];
}

function teachersOf(settings: ScannersSettings, open: AsyncDisposable[]): readonly Teacher[] {
  const teachers: Teacher[] = [];
  const spamd = endpointOf(settings.spamd);
  if (spamd !== undefined)
    teachers.push({
      scanner: 'spamd',
      sizeMaxBytes: settings.spamdMaxBytes,
      tell: (what, message, signal) =>
        tellSpamd({ endpoint: spamd, user: settings.spamdUser }, what, { message, signal }),
    });
  const controller = endpointOf(settings.rspamdController);
  if (controller !== undefined) {
    const opened = openRspamdTeacher(controller, {
      passwordFile: settings.rspamdPasswordFile,
      timeoutMs: settings.teachBudgetMs,
    });
    open.push(opened);
    teachers.push({
      scanner: 'rspamd',
      sizeMaxBytes: settings.rspamdMaxBytes,
      tell: (what, message, signal) => opened.tell(what, message, signal),
    });
  }
  return teachers;
}
