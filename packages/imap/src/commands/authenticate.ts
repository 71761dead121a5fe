// AUTHENTICATE (RFC 3501 §6.2.2) with an initial response (SASL-IR, RFC 4959).
import { createSaslExchange, type SaslStep } from '@restante/sasl';
import { demandPrivacy, enter } from '../login/enter.ts';
import { saslContext } from '../login/sasl-context.ts';
import type { Session } from '../session/session.ts';
import { bad, no } from '../wire/refusal.ts';
import { ConnectionGone } from '../wire/responder.ts';
import { beforeLogin, type Command } from './command.ts';

// RFC 3501 §9 sets none; RFC 4954 §4 asks for 12,288 octets, and tokens come near that.
const responseMaxBytes = 16_384;

interface Arguments {
  readonly mechanism: string;
  readonly initial: Buffer | undefined;
}

export const authenticate: Command<Arguments> = {
  name: 'AUTHENTICATE',
  allowedIn: beforeLogin,
  parse(reader) {
    reader.space();
    const mechanism = reader.word();
    // RFC 4959 §3: "=" is an empty response, which is not the same as none.
    const text = reader.take(' ') ? (reader.match(/[A-Za-z0-9+/=]+/y)?.[0] ?? '') : undefined;
    reader.end();
    return { mechanism, initial: text === undefined ? undefined : decode(text) };
  },
  async run(session, { mechanism, initial }) {
    demandPrivacy(session);
    const exchange = createSaslExchange(mechanism, saslContext(session));
    if (exchange === undefined) throw no('CANNOT', 'This mechanism is not offered.');
    let step = await exchange.next(initial);
    while (step.kind === 'challenge') {
      step = await exchange.next(await ask(session, step.bytes));
    }
    return finish(session, step);
  },
};

async function finish(session: Session, step: Exclude<SaslStep, { kind: 'challenge' }>) {
  if (step.kind === 'malformed') throw bad('That is not what the mechanism says.');
  // IMAP has no place for them with the OK: one more challenge, answered with nothing (RFC 4422 §5).
  if (step.last !== undefined) await ask(session, step.last);
  return enter(session, step.verdict);
}

async function ask({ out, wire }: Session, challenge: Buffer): Promise<Buffer> {
  out.continuation(challenge.toString('base64'));
  const line = await wire.readLine(responseMaxBytes);
  if (line === undefined) throw new ConnectionGone();
  // RFC 3501 §6.2.2: "*" cancels.
  if (line === '*') throw bad('Cancelled.');
  return decode(line === '' ? '=' : line);
}

function decode(text: string): Buffer {
  if (text === '=') return Buffer.alloc(0);
  const isBase64 = text.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text) && text.length > 0;
  if (!isBase64) throw bad('That is not base64.');
  return Buffer.from(text, 'base64');
}
