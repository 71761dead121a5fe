// AUTH (RFC 4954): one SASL exchange, line by line. The mechanisms are sasl's, who may come in is the host's.
//
// Once a session, never inside a transaction, only where nobody can read along; "*" cancels, "=" is an empty response. What a
// client is told of a failure never says whether the person exists.
import { createSaslExchange, type LoginVerdict, type SaslExchange } from '@restante/sasl';
import type { SmtpReply } from '@restante/mail-model';
import type { Dialogue, SmtpVerb } from './dialogue.ts';
import { mayLogIn, saslContext } from './login-rules.ts';
import { replies } from './replies.ts';

// A program with a wrong password tries it in a loop; a person who mistypes gets another session.
const refusedLoginsMax = 3;

export const auth: SmtpVerb = {
  verb: 'AUTH',
  needsHello: true,
  // RFC 4954 §4, item 8: AUTH is the last command of a pipelined group.
  endsGroup: true,
  run: async (dialogue, argument) => {
    const [name = '', initial, ...more] = argument.split(' ');
    const refusal = refusalOf(dialogue);
    if (refusal !== undefined) return dialogue.complain(refusal);
    if (name === '' || more.length > 0) return dialogue.complain(replies.authSyntax);

    const { context, facts } = dialogue;
    const sasl = saslContext(context, facts);
    const exchange = sasl === undefined ? undefined : createSaslExchange(name, sasl);
    if (exchange === undefined) return dialogue.complain(replies.mechanismUnknown);
    if (initial === undefined) return advance(dialogue, exchange, undefined);
    // RFC 4954 §4: a "=" alone is an initial response of no bytes.
    await takeLine(dialogue, exchange, initial === '=' ? '' : initial);
  },
};

function refusalOf({ context, facts, transaction }: Dialogue): SmtpReply | undefined {
  if (!context.offersAuth) return replies.notImplemented;
  if (!facts.isExtended) return replies.authNeedsEhlo;
  if (facts.account !== undefined) return replies.authAlready;
  if (transaction !== undefined) return replies.authInTransaction;
  return mayLogIn(context, facts) ? undefined : replies.authNeedsTls;
}

async function takeLine(dialogue: Dialogue, exchange: SaslExchange, line: string): Promise<void> {
  // RFC 4954 §4: the client gives up.
  if (line === '*') return dialogue.complain(replies.authCancelled);
  const response = fromBase64(line);
  if (response === undefined) return dialogue.complain(replies.notBase64);
  await advance(dialogue, exchange, response);
}

async function advance(
  dialogue: Dialogue,
  exchange: SaslExchange,
  response: Buffer | undefined,
): Promise<void> {
  const step = await exchange.next(response);
  switch (step.kind) {
    case 'challenge':
      dialogue.reply(replies.authChallenge(step.bytes));
      return dialogue.expectLine((line) => takeLine(dialogue, exchange, line));
    case 'malformed':
      return dialogue.complain(replies.notBase64);
    case 'end':
      if (step.verdict.kind !== 'in' || step.last === undefined) return end(dialogue, step.verdict);
      // RFC 4954 §4: what the server has to say at the end is one more challenge, answered by an empty line.
      dialogue.reply(replies.authChallenge(step.last));
      return dialogue.expectLine((line) =>
        line === '' ? end(dialogue, step.verdict) : dialogue.complain(replies.authCancelled),
      );
  }
}

function end(dialogue: Dialogue, verdict: LoginVerdict): void {
  if (verdict.kind === 'in') {
    dialogue.facts.account = verdict.account;
    return dialogue.reply(replies.loggedIn);
  }
  dialogue.facts.refusedLogins += 1;
  dialogue.reply(replyTo(verdict));
  if (dialogue.facts.refusedLogins >= refusedLoginsMax) dialogue.reply(replies.tooManyLogins);
}

function replyTo(verdict: Exclude<LoginVerdict, { readonly kind: 'in' }>): SmtpReply {
  switch (verdict.kind) {
    case 'refused':
      return replies.loginRefused;
    case 'suspended':
      return replies.accountDisabled;
    case 'wait':
      return replies.loginLater(Math.max(1, Math.ceil(verdict.seconds)));
    case 'unavailable':
      return replies.loginUnavailable;
  }
}

/** RFC 4648 §4 to the letter: what a lenient reader would repair is refused. */
function fromBase64(text: string): Buffer | undefined {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined;
  return Buffer.from(text, 'base64');
}
