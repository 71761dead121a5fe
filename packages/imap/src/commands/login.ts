// LOGIN (RFC 3501 §6.2.3).
import { demandPrivacy, enter } from '../login/enter.ts';
import { credentialsOf } from '../login/sasl-context.ts';
import { beforeLogin, type Command } from './command.ts';

export const login: Command<{ readonly user: string; readonly password: string }> = {
  name: 'LOGIN',
  allowedIn: beforeLogin,
  parse(reader) {
    reader.space();
    const user = reader.text();
    reader.space();
    const password = reader.text();
    reader.end();
    return { user, password };
  },
  async run(session, { user, password }) {
    demandPrivacy(session);
    return enter(session, await credentialsOf(session).verifyPassword(user, password, 'LOGIN'));
  },
};
