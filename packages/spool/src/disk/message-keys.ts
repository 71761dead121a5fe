// The hashes by which a message is recognised when it comes again. 96 bits of SHA-256: nobody can make two that match.
import { hash } from 'node:crypto';
import type { MessageFacts } from '../spool.ts';

/** Three words a key; for each recipient the lost-reply key and, when the id has to be remembered, the same-id key. */
export function keysOf(facts: MessageFacts): Uint32Array {
  const { sender, recipients } = facts.envelope;
  const perRecipient = remembersId(facts) ? 6 : 3;
  const keys = new Uint32Array(recipients.length * perRecipient);
  recipients.forEach(({ address }, index) => {
    putKey(keys, index * perRecipient, `r\0${sender}\0${address}\0${facts.fingerprint}`);
    if (perRecipient === 6)
      putKey(keys, index * perRecipient + 3, `i\0${facts.messageId}\0${address}`);
  });
  return keys;
}

/** Ids given by others can come twice (law 6); DSNs have ids made from what they report on. A stranger's message has a fresh one. */
export function remembersId(facts: MessageFacts): boolean {
  return facts.path.length > 0 || isOwnMail(facts);
}

export function isOwnMail(facts: MessageFacts): boolean {
  return facts.path.length === 0 && facts.origin.clientAddress === 'local';
}

/** Whether the stranger is known to have seen its 250 from the start, or has none to see. */
export function startsConfirmed(facts: MessageFacts): boolean {
  return facts.path.length > 0 ? facts.replyUnconfirmed !== true : isOwnMail(facts);
}

function putKey(keys: Uint32Array, at: number, text: string): void {
  const digest = hash('sha256', text, 'buffer');
  keys[at] = digest.readUInt32LE(0);
  keys[at + 1] = digest.readUInt32LE(4);
  keys[at + 2] = digest.readUInt32LE(8);
}
