// UID THREAD (RFC 5256 §3): THREAD that answers with UIDs.
import { whenSelected, type Command } from './command.ts';
import { answerThread, parseThread, type ThreadArguments } from './thread.ts';

export const uidThread: Command<ThreadArguments> = {
  name: 'UID THREAD',
  allowedIn: whenSelected,
  parse: (reader, session) => parseThread(reader, session, 'uid'),
  run: answerThread,
};
