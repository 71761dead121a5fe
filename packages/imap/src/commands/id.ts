// ID (RFC 2971). What a client says of itself is read and forgotten; what we say names no version, which only helps attackers.
import { bad } from '../wire/refusal.ts';
import { always, type Command } from './command.ts';

// RFC 2971 §3.3.
const fieldsMax = 30;

export const id: Command<void> = {
  name: 'ID',
  allowedIn: always,
  parse(reader) {
    reader.space();
    if (!reader.take('NIL')) {
      const fields = reader.list(
        () => {
          reader.string();
          reader.space();
          return reader.nstring();
        },
        { mayBeEmpty: true },
      );
      if (fields.length > fieldsMax) throw bad('ID has at most 30 fields.');
    }
    reader.end();
  },
  async run(session) {
    session.out.untagged('ID ("name" "Restante")');
    return undefined;
  },
};
