// Send limits of an account: what a thief can do with a password before somebody notices, without keeping people from writing.
//
// Recipients are counted before a message is taken and given back when it is not, so that sessions at the same time cannot pass a
// limit together.
import type { SmtpReply } from '@restante/mail-model';
import { replies } from './replies.ts';
import type { SendSums, SendTally } from './tally/send-tally.ts';

export interface SendLimitSettings {
  readonly recipientsPerHour: number;
  readonly recipientsPerDay: number;
}

export interface SendLimits {
  /** Would one more be too many? Asked at RCPT, so that a person learns it early. */
  judge(account: string, recipients: number): Promise<SmtpReply | undefined>;
  /** Counts them, or refuses and counts nothing. */
  take(account: string, recipients: number): Promise<SmtpReply | undefined>;
  giveBack(account: string, recipients: number): Promise<void>;
}

export function createSendLimits(tally: SendTally, settings: SendLimitSettings): SendLimits {
  return {
    async judge(account, recipients) {
      return overLimit(await tally.add(account, 0), { settings, recipients });
    },
    async take(account, recipients) {
      const sums = await tally.add(account, recipients);
      const before = {
        lastHour: sums.lastHour - recipients,
        lastDay: sums.lastDay - recipients,
      };
      const refusal = overLimit(before, { settings, recipients });
      if (refusal !== undefined) await tally.add(account, -recipients);
      return refusal;
    },
    async giveBack(account, recipients) {
      await tally.add(account, -recipients);
    },
  };
}

function overLimit(
  { lastHour, lastDay }: SendSums,
  asked: { readonly settings: SendLimitSettings; readonly recipients: number },
): SmtpReply | undefined {
  const { recipientsPerHour, recipientsPerDay } = asked.settings;
  if (lastDay + asked.recipients > recipientsPerDay)
    return replies.sentEnough({ used: Math.max(0, lastDay), limit: recipientsPerDay, span: 'day' });
  if (lastHour + asked.recipients > recipientsPerHour)
    return replies.sentEnough({
      used: Math.max(0, lastHour),
      limit: recipientsPerHour,
      span: 'hour',
    });
  return undefined;
}
