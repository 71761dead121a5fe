// QUOTA response (RFC 9208 §4.2.1): STORAGE counts in units of 1024 octets (§5.1), MESSAGE in messages.
import type { Session } from '../session/session.ts';

const unitBytes = 1024;

export function sayQuota({ out, ownMailbox }: Session): void {
  const { usedBytes, limitBytes, usedMessages, limitMessages } = ownMailbox.quota();
  const storage =
    limitBytes === undefined
      ? []
      : [`STORAGE ${Math.ceil(usedBytes / unitBytes)} ${Math.floor(limitBytes / unitBytes)}`];
  const messages = limitMessages === undefined ? [] : [`MESSAGE ${usedMessages} ${limitMessages}`];
  out.untagged(`QUOTA "" (${[...storage, ...messages].join(' ')})`);
}
