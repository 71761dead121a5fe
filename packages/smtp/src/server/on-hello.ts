// EHLO and HELO (RFC 5321 §4.1.1.1). Both begin anew: a transaction in hand is forgotten.
//
// The name is only checked for what could hurt in a header or a log: real clients say bare addresses, Windows machine
// names and worse. Whether it is true is policy's question.
import { smtpReply } from '@restante/mail-model';
import type { Dialogue, SmtpVerb } from './dialogue.ts';
import { offeredExtensions } from './extensions.ts';
import { replies } from './replies.ts';

// RFC 5321 §4.5.3.1.2: a domain has at most 255 octets.
const acceptable = /^[A-Za-z0-9._:[\]\-\u00a1-\u{10ffff}]{1,255}$/u;

export const ehlo: SmtpVerb = {
  verb: 'EHLO',
  needsHello: false,
  endsGroup: true,
  run: (dialogue, argument) => {
    if (!accepts(dialogue, argument)) return;
    dialogue.greet(argument, { isExtended: true });
    const { context, facts } = dialogue;
    dialogue.reply(
      smtpReply(250, '', [context.hostname, ...offeredExtensions(context, facts)].join('\n')),
    );
  },
};

export const helo: SmtpVerb = {
  verb: 'HELO',
  needsHello: false,
  endsGroup: true,
  run: (dialogue, argument) => {
    if (!accepts(dialogue, argument)) return;
    dialogue.greet(argument, { isExtended: false });
    dialogue.reply(smtpReply(250, '', dialogue.context.hostname));
  },
};

function accepts(dialogue: Dialogue, name: string): boolean {
  if (acceptable.test(name) && Buffer.byteLength(name) <= 255) return true;
  dialogue.complain(replies.helloSyntax);
  return false;
}
