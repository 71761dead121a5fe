// UID SEARCH (RFC 3501 §6.4.8): SEARCH that answers with UIDs.
import { whenSelected, type Command } from './command.ts';
import { answerSearch, parseSearch, type SearchArguments } from './search.ts';

export const uidSearch: Command<SearchArguments> = {
  name: 'UID SEARCH',
  allowedIn: whenSelected,
  parse: (reader, session) => parseSearch(reader, session, 'uid'),
  run: answerSearch,
};
