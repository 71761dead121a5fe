// The hashes by which a message is recognised when it comes again. 95 bits of SHA-256 and one for the kind: nobody can make two that match.
import { hash } from 'node:crypto';
import type { MessageFacts } from '../spool.ts';

const idKind = 0;
const replyKind = 1;

/** Which keys each recipient has, in this order. */
export function kindsOfKeys(facts: MessageFacts): {
  readonly reply: boolean;
  readonly id: boolean;
} {
  return { reply: facts.isIdentifiable !== false, id: remembersId(facts) };
}

/** Three words a key; for each recipient the lost-reply key, when the message has an identity, and the same-id key, when the id has to be remembered. */
export function keysOf(facts: MessageFacts): Uint32Array {
  const { sender, recipients } = facts.envelope;
  const kinds = kindsOfKeys(facts);
  const keys = new Uint32Array(recipients.length * 3 * (Number(kinds.reply) + Number(kinds.id)));
  let at = 0;
  for (const { address } of recipients) {
    if (kinds.reply) {
      putKey(keys, at, `r\0${sender}\0${address}\0${facts.fingerprint}`, replyKind);
      at += 3;
    }
    if (kinds.id) {
      putKey(keys, at, `i\0${facts.messageId}\0${address}`, idKind);
      at += 3;
    }
  }
  return keys;
}

/** Lost-reply keys count for a shorter time; told by the last bit of the last word. */
export function isReplyKey(lastWord: number): boolean {
  return (lastWord & replyKind) !== 0;
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

function putKey(keys: Uint32Array, at: number, text: string, kind: number): void {
  const digest = hash('sha256', text, 'buffer');
  keys[at] = digest.readUInt32LE(0);
  keys[at + 1] = digest.readUInt32LE(4);
  keys[at + 2] = ((digest.readUInt32LE(8) & ~replyKind) | kind) >>> 0;
}
