// UID STORE (RFC 3501 §6.4.8): STORE by UIDs; every response carries one.
import { whenSelected, type Command } from './command.ts';
import { answerStore, parseStore, type StoreArguments } from './store.ts';

export const uidStore: Command<StoreArguments> = {
  name: 'UID STORE',
  allowedIn: whenSelected,
  parse: (reader) => parseStore(reader, 'uid'),
  run: answerStore,
};
