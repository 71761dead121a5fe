// STARTTLS (RFC 3501 §6.2.1). What was sent behind it in clear text is never run (threat 4).
import { bad } from '../wire/refusal.ts';
import { beforeLogin, type Command, noArguments } from './command.ts';

export const starttls: Command<void> = {
  name: 'STARTTLS',
  allowedIn: beforeLogin,
  parse: noArguments,
  async run(session) {
    const { wire, server } = session;
    if (wire.isTls || !server.hasTls) throw bad('There is no TLS to begin.');
    session.afterwards = () => wire.startTls();
    return { text: 'Begin TLS now.' };
  },
};
