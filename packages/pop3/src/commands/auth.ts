// AUTH (RFC 5034): one SASL exchange, line by line; "*" cancels, "=" is an empty initial response.
import { createSaslExchange, type SaslExchange } from '@restante/sasl';
import { enter } from '../session/enter.ts';
import type { Session } from '../session/session.ts';
import { beforeLogin, type Pop3Command } from './command.ts';
import { isPrivate } from './user-pass.ts';

export const auth: Pop3Command = {
  verb: 'AUTH',
  allowedIn: beforeLogin,
  run: async (session, argument) => {
    if (!isPrivate(session)) return;
    const [name = '', initial, ...more] = argument.split(' ');
    const exchange = createSaslExchange(name, session.saslContext);
    if (exchange === undefined || more.length > 0)
      return session.complain('This way of logging in is not offered here');
    const first = initial === undefined ? undefined : readResponse(initial === '=' ? '' : initial);
    if (initial !== undefined && first === undefined)
      return session.complain('That was not base64');
    await converse(session, exchange, first);
  },
};

async function converse(
  session: Session,
  exchange: SaslExchange,
  first: Buffer | undefined,
): Promise<void> {
  let response = first;
  for (;;) {
    const step = await exchange.next(response);
    if (step.kind === 'malformed')
      return session.complain('That is not what this way of logging in expects');
    if (step.kind === 'end') {
      // RFC 5034 §4: what the server has to say at the end is one more challenge, answered by an empty line.
      const isHeard = step.last === undefined || (await ask(session, step.last)) !== undefined;
      return isHeard ? enter(session, step.verdict) : undefined;
    }
    response = await ask(session, step.bytes);
    if (response === undefined) return;
  }
}

/** The client's turn; undefined when it gave up or is gone, and was answered. */
async function ask(session: Session, challenge: Buffer): Promise<Buffer | undefined> {
  session.wire.say(`+ ${challenge.toString('base64')}`);
  const line = await session.wire.readLine();
  if (line === undefined) return undefined;
  const response = line === '*' ? undefined : readResponse(line);
  if (response === undefined)
    session.complain(line === '*' ? 'Logging in was cancelled' : 'That was not base64');
  return response;
}

function readResponse(text: string): Buffer | undefined {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined;
  return Buffer.from(text, 'base64');
}
