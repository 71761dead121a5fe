// Networks the operator has blocked by hand are refused before the greeting.
import { smtpReply } from '@restante/mail-model';
import { pass, type Check, type Client } from '../check.ts';
import type { Networks } from '../networks.ts';

export function blockedNetwork(blocked: Networks): Check<Client> {
  return {
    name: 'blocked-network',
    judge: ({ address }) =>
      blocked.includes(address)
        ? {
            action: 'reject',
            detail: `${address} is in blocked_networks`,
            reply: smtpReply(
              554,
              '5.7.1',
              'Mail from your address is blocked here; please write to the postmaster by another way',
            ),
          }
        : pass,
  };
}
