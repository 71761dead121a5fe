// UID FETCH (RFC 3501 §6.4.8): FETCH by UIDs; every response carries one.
import { whenSelected, type Command } from './command.ts';
import { answerFetch, parseFetch, type FetchArguments } from './fetch.ts';

export const uidFetch: Command<FetchArguments> = {
  name: 'UID FETCH',
  allowedIn: whenSelected,
  parse: (reader) => parseFetch(reader, 'uid'),
  run: answerFetch,
};
