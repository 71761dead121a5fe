// UID SORT (RFC 5256 §3): SORT that answers with UIDs.
import { whenSelected, type Command } from './command.ts';
import { answerSort, parseSort, type SortArguments } from './sort.ts';

export const uidSort: Command<SortArguments> = {
  name: 'UID SORT',
  allowedIn: whenSelected,
  parse: (reader, session) => parseSort(reader, session, 'uid'),
  run: answerSort,
};
