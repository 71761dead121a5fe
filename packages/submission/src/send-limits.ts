// Send limits of an account: what a thief can do with a password before somebody notices, without keeping people from writing.
//
// Recipients are counted before a message is taken and given back when it is not, so that sessions at the same time cannot pass a
// limit together. The smallest limit that is reached holds.
import type { SmtpReply } from '@restante/mail-model';
import { replies, type SentEnough } from './replies.ts';
import type { SendSums, SendTally } from './tally/send-tally.ts';

export interface SendLimitSettings {
  /** Bursts; absent: no such limit. */
  readonly recipientsPerMinute?: number;
  readonly recipientsPerTenMinutes?: number;
  readonly recipientsPerHour: number;
  readonly recipientsPerDay: number;
}

/** What an account has of its own; absent: the site's. */
export type OwnSendLimits = Partial<
  Pick<SendLimitSettings, 'recipientsPerHour' | 'recipientsPerDay'>
>;

export interface SendLimits {
  /** Would one more be too many? Asked at RCPT, so that a person learns it early. */
  judge(account: string, recipients: number): Promise<SmtpReply | undefined>;
  /** Counts them, or refuses and counts nothing. */
  take(account: string, recipients: number): Promise<SmtpReply | undefined>;
  giveBack(account: string, recipients: number): Promise<void>;
}

export function createSendLimits(
  tally: SendTally,
  settings: SendLimitSettings,
  ownOf: (account: string) => OwnSendLimits | undefined = () => undefined,
): SendLimits {
  const limitsOf = (account: string) => effectiveLimits(settings, ownOf(account));
  return {
    async judge(account, recipients) {
      return overLimit(await tally.add(account, 0), { limits: limitsOf(account), recipients });
    },
    async take(account, recipients) {
      const sums = await tally.add(account, recipients);
      const before = {
        lastMinute: sums.lastMinute - recipients,
        lastTenMinutes: sums.lastTenMinutes - recipients,
        lastHour: sums.lastHour - recipients,
        lastDay: sums.lastDay - recipients,
      };
      const refusal = overLimit(before, { limits: limitsOf(account), recipients });
      if (refusal !== undefined) await tally.add(account, -recipients);
      return refusal;
    },
    async giveBack(account, recipients) {
      await tally.add(account, -recipients);
    },
  };
}

/** Who may send more in an hour may do it in bursts that fit: they grow with the hour, and never shrink below the site's. */
export function effectiveLimits(
  settings: SendLimitSettings,
  own: OwnSendLimits = {},
): SendLimitSettings {
  const recipientsPerDay = own.recipientsPerDay ?? settings.recipientsPerDay;
  // A day of one's own that is larger would mean nothing with the hour of everybody.
  const hourOfDay = Math.ceil(recipientsPerDay / 4);
  const recipientsPerHour =
    own.recipientsPerHour ??
    (own.recipientsPerDay === undefined
      ? settings.recipientsPerHour
      : Math.max(settings.recipientsPerHour, hourOfDay));
  const growth = Math.max(1, recipientsPerHour / settings.recipientsPerHour);
  const { recipientsPerMinute: minute, recipientsPerTenMinutes: tenMinutes } = settings;
  return {
    ...(minute !== undefined && { recipientsPerMinute: Math.ceil(minute * growth) }),
    ...(tenMinutes !== undefined && { recipientsPerTenMinutes: Math.ceil(tenMinutes * growth) }),
    recipientsPerHour,
    recipientsPerDay,
  };
}

function overLimit(
  sums: SendSums,
  { limits, recipients }: { readonly limits: SendLimitSettings; readonly recipients: number },
): SmtpReply | undefined {
  const spans: readonly (readonly [SentEnough['span'], number, number | undefined])[] = [
    ['day', sums.lastDay, limits.recipientsPerDay],
    ['hour', sums.lastHour, limits.recipientsPerHour],
    ['ten minutes', sums.lastTenMinutes, limits.recipientsPerTenMinutes],
    ['minute', sums.lastMinute, limits.recipientsPerMinute],
  ];
  for (const [span, sent, limit] of spans) {
    if (limit !== undefined && sent + recipients > limit)
      return replies.sentEnough({ used: Math.max(0, sent), limit, span });
  }
  return undefined;
}
