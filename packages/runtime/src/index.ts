// The public face of @restante/runtime.
export type { Clock } from './clock.ts';
export { systemClock } from './clock.ts';
export { syncDirectory, writeFileDurably } from './durable-file.ts';
export { inTransaction } from './in-transaction.ts';
export type { Logger, LoggerOptions, LogLevel, LogLine } from './logger.ts';
export { createLogger, describeError, silentLogger } from './logger.ts';
export type { RedisCaller } from './redis-caller.ts';
export { terminationSignal, withinDeadline } from './lifecycle.ts';
export { Secret } from './secret.ts';
export { keepHeapSmall, returnFreeMemory } from './keep-heap-small.ts';
