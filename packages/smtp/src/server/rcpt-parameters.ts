// What a client may say behind RCPT TO:<...>: the delivery status notifications it wants (RFC 3461 §4.1, §4.2).
import {
  decodeXtext,
  type EnvelopeRecipient,
  type NotifyOn,
  type SmtpReply,
} from '@restante/mail-model';
import type { Parameters } from './parse-parameters.ts';
import { replies } from './replies.ts';

type Draft = { -readonly [Key in keyof EnvelopeRecipient]: EnvelopeRecipient[Key] };

const conditions: ReadonlyMap<string, NotifyOn> = new Map([
  ['NEVER', 'never'],
  ['SUCCESS', 'success'],
  ['FAILURE', 'failure'],
  ['DELAY', 'delay'],
]);
// RFC 3461 §4.2: at most 500 characters; "type;address" when decoded.
const originalMaxChars = 500;
const original = /^[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+;[^\u0000-\u001f\u007f-\u009f]+$/;

/** The recipient, or the reply that refuses the command. */
export function readRcptParameters(
  address: string,
  parameters: Parameters,
): { readonly recipient: EnvelopeRecipient } | { readonly refusal: SmtpReply } {
  const draft: Draft = { address };
  for (const [name, value] of parameters) {
    const refusal = readParameter(draft, name, value);
    if (refusal !== undefined) return { refusal };
  }
  return { recipient: draft };
}

function readParameter(draft: Draft, name: string, value: string): SmtpReply | undefined {
  if (name === 'NOTIFY') return readNotify(draft, value);
  if (name === 'ORCPT') return readOriginal(draft, value);
  return replies.unknownParameter(name);
}

function readNotify(draft: Draft, value: string): SmtpReply | undefined {
  const wanted = new Set<NotifyOn>();
  for (const word of value.split(',')) {
    const condition = conditions.get(word.toUpperCase());
    if (condition === undefined) {
      return replies.badParameter('NOTIFY is NEVER, or a list of SUCCESS, FAILURE and DELAY');
    }
    wanted.add(condition);
  }
  // RFC 3461 §4.1: NEVER stands alone.
  if (wanted.has('never') && wanted.size > 1) {
    return replies.badParameter('NOTIFY=NEVER stands alone');
  }
  draft.notify = [...wanted];
  return undefined;
}

function readOriginal(draft: Draft, value: string): SmtpReply | undefined {
  const semicolon = value.indexOf(';');
  const decoded = decodeXtext(value.slice(semicolon + 1));
  if (semicolon === -1 || value.length > originalMaxChars || !decoded.ok) {
    return replies.badParameter('ORCPT is a type, a semicolon and an address in xtext');
  }
  const whole = `${value.slice(0, semicolon)};${decoded.value}`;
  if (!original.test(whole)) {
    return replies.badParameter('ORCPT is a type, a semicolon and an address in xtext');
  }
  draft.originalRecipient = whole;
  return undefined;
}
