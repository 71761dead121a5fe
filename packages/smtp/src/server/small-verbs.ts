// The verbs that decide nothing: RSET, NOOP, QUIT, HELP, VRFY, EXPN (RFC 5321 §4.1.1.5 to §4.1.1.10).
import type { SmtpVerb } from './dialogue.ts';
import { replies } from './replies.ts';

export const rset: SmtpVerb = {
  verb: 'RSET',
  needsHello: false,
  endsGroup: false,
  run: (dialogue, argument) => {
    if (argument !== '') return dialogue.complain(replies.noArgument);
    dialogue.reset('RSET');
    dialogue.reply(replies.done);
  },
};

export const noop: SmtpVerb = {
  verb: 'NOOP',
  needsHello: false,
  endsGroup: true,
  run: (dialogue) => dialogue.reply(replies.done),
};

export const quit: SmtpVerb = {
  verb: 'QUIT',
  needsHello: false,
  endsGroup: false,
  run: (dialogue) => {
    dialogue.reply(replies.goodbye);
    dialogue.close();
  },
};

export const help: SmtpVerb = {
  verb: 'HELP',
  needsHello: false,
  endsGroup: false,
  run: (dialogue) => dialogue.reply(replies.help),
};

/** The answer is the same for everybody and costs the same time (threat 11). */
export const vrfy: SmtpVerb = {
  verb: 'VRFY',
  needsHello: true,
  endsGroup: true,
  run: (dialogue, argument) => {
    if (argument === '') return dialogue.complain(replies.argumentMissing);
    dialogue.reply(replies.cannotVerify);
  },
};

export const expn: SmtpVerb = {
  verb: 'EXPN',
  needsHello: true,
  endsGroup: true,
  run: (dialogue) => dialogue.complain(replies.notImplemented),
};
