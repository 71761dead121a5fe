// How much one account may send instead of what holds for everybody: the options of "account set", and what they mean.
import type { SendLimitsChange } from '@restante/site-api';
import type { Command } from 'commander';
import { CliError } from '../errors.ts';

export interface SendLimitOptions {
  readonly dailyLimit?: string;
  readonly hourlyLimit?: string;
}

export function withSendLimits(command: Command): Command {
  return command
    .option('--daily-limit <recipients>', 'may send to so many a day, or "none" for the default')
    .option('--hourly-limit <recipients>', 'and so many an hour; its bursts grow with it');
}

/** Undefined when nothing about limits was said. */
export function sendLimitsFrom(options: SendLimitOptions): SendLimitsChange | undefined {
  const { dailyLimit, hourlyLimit } = options;
  if (dailyLimit === undefined && hourlyLimit === undefined) return undefined;
  return {
    ...(dailyLimit !== undefined && { recipientsPerDay: limitFrom(dailyLimit) }),
    ...(hourlyLimit !== undefined && { recipientsPerHour: limitFrom(hourlyLimit) }),
  };
}

function limitFrom(text: string): number | null {
  if (text === 'none') return null;
  if (/^[1-9]\d{0,7}$/.test(text) && Number(text) <= 10_000_000) return Number(text);
  throw new CliError(
    'WRONG_USE',
    `${JSON.stringify(text)} is not a number of recipients; to stop all sending say "account suspend".`,
  );
}
