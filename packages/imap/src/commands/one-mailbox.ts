// The arguments of commands that take the name of one mailbox.
import type { Reader } from '../wire/reader.ts';

export function oneMailbox(reader: Reader): string {
  reader.space();
  const name = reader.mailbox();
  reader.end();
  return name;
}
