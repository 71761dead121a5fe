// What a client may say behind MAIL FROM:<...>. One function per parameter; a reply refuses the command.
//
// RFC 5321 §4.1.1.11: an unknown parameter is refused with 555, never ignored: the client relies on what it asked for.
import { decodeXtext, type Envelope, type SmtpReply } from '@restante/mail-model';
import type { MailCommand } from './edge-host.ts';
import type { Parameters } from './parse-parameters.ts';
import { replies } from './replies.ts';

export interface MailContext {
  readonly messageMaxBytes: number;
  readonly isTls: boolean;
  readonly isPeer: boolean;
}

type Draft = { -readonly [Key in keyof MailCommand]: MailCommand[Key] };
type Reader = (draft: Draft, value: string, context: MailContext) => SmtpReply | undefined;

// RFC 3461 §4.4: ENVID has at most 100 characters; printable when decoded.
const envelopeIdMaxChars = 100;
// RFC 4954 §3: the parameter makes the command at most 500 characters longer.
const authMaxChars = 500;
const printable = /^[^\u0000-\u001f\u007f-\u009f]+$/;

const readers: Readonly<Record<string, Reader>> = {
  // RFC 1870 §3.
  SIZE: (draft, value, { messageMaxBytes }) => {
    if (!/^\d{1,20}$/.test(value)) return replies.badParameter('SIZE is a number of bytes');
    draft.sizeBytes = Number(value);
    return draft.sizeBytes > messageMaxBytes ? replies.tooLarge(messageMaxBytes) : undefined;
  },

  // RFC 6152 §2, RFC 3030 §3. See extensions.ts for why only a peer may say BINARYMIME.
  BODY: (draft, value, { isPeer }) => {
    const body = value.toLowerCase();
    if (!isBody(body)) return replies.badParameter('BODY is 7BIT or 8BITMIME');
    if (body === 'binarymime' && !isPeer) return replies.unknownParameter('BODY=BINARYMIME');
    draft.body = body;
    return undefined;
  },

  // RFC 6531 §3.4.
  SMTPUTF8: (draft, value) => {
    draft.smtpUtf8 = true;
    return value === '' ? undefined : replies.badParameter('SMTPUTF8 takes no value');
  },

  // RFC 3461 §4.3.
  RET: (draft, value) => {
    const wanted = value.toUpperCase();
    if (wanted !== 'FULL' && wanted !== 'HDRS') return replies.badParameter('RET is FULL or HDRS');
    draft.dsnReturn = wanted === 'FULL' ? 'full' : 'headers';
    return undefined;
  },

  // RFC 3461 §4.4.
  ENVID: (draft, value) => {
    const decoded = decodeXtext(value);
    if (!decoded.ok || value.length > envelopeIdMaxChars || !printable.test(decoded.value)) {
      return replies.badParameter('ENVID is printable xtext of at most 100 characters');
    }
    draft.envelopeId = decoded.value;
    return undefined;
  },

  // RFC 4954 §5: who submitted it first; nobody is trusted to say so, so it is taken and forgotten.
  AUTH: (_draft, value) =>
    isAuthValue(value)
      ? undefined
      : replies.badParameter('AUTH is <> or an address in xtext (RFC 4954)'),

  // RFC 8689 §2.
  REQUIRETLS: (draft, value, { isTls }) => {
    if (value !== '') return replies.badParameter('REQUIRETLS takes no value');
    if (!isTls) return replies.requireTlsNeedsTls;
    draft.requireTls = true;
    return undefined;
  },

  // Design §4.3: what travels with a message between our sites. Strangers do not even learn that it exists.
  XRESTANTE: (draft, value, { isPeer }) => {
    if (!isPeer) return replies.unknownParameter('XRESTANTE');
    if (value === '') return replies.badParameter('XRESTANTE needs a value');
    draft.hop = value;
    return undefined;
  },
};

/** The command, or the reply that refuses it. */
export function readMailParameters(
  sender: string,
  parameters: Parameters,
  context: MailContext,
): { readonly mail: MailCommand } | { readonly refusal: SmtpReply } {
  const draft: Draft = { sender, body: '7bit', smtpUtf8: false };
  for (const [name, value] of parameters) {
    const reader = Object.hasOwn(readers, name) ? readers[name] : undefined;
    const refusal = reader ? reader(draft, value, context) : replies.unknownParameter(name);
    if (refusal !== undefined) return { refusal };
  }
  return { mail: draft };
}

function isAuthValue(value: string): boolean {
  if (value === '<>') return true;
  const decoded = decodeXtext(value);
  return value.length <= authMaxChars && decoded.ok && printable.test(decoded.value);
}

function isBody(text: string): text is Envelope['body'] {
  return text === '7bit' || text === '8bitmime' || text === 'binarymime';
}
