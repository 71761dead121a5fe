// Items the folder has in memory, as text. This is what runs a hundred thousand times when a client looks at a folder: no
// allocation but the text itself, and the text of a set of flags is made once, because sets are interned.
import type { Message } from '@restante/mailbox-store';
import { formatDateTime } from '../wire/date-time.ts';
import type { PlainItem } from './fetch-item.ts';

export type MessageFormatter = (message: Message) => string;

/** "UID 7 FLAGS (\Seen)"; empty for no items. */
export function plainFormatter(items: readonly PlainItem[]): MessageFormatter {
  const [first, second, ...more] = items.map(formatterOf);
  // The two usual cases without a loop.
  if (first === undefined) return () => '';
  if (second === undefined) return first;
  if (more.length === 0) return (message) => `${first(message)} ${second(message)}`;
  const rest = plainFormatterOf(more);
  return (message) => `${first(message)} ${second(message)}${rest(message)}`;
}

function plainFormatterOf(formatters: readonly MessageFormatter[]): MessageFormatter {
  return (message) => {
    let text = '';
    for (const format of formatters) text += ` ${format(message)}`;
    return text;
  };
}

function formatterOf(item: PlainItem): MessageFormatter {
  switch (item) {
    case 'UID':
      return ({ uid }) => `UID ${uid}`;
    case 'FLAGS':
      return flagsFormatter();
    case 'RFC822.SIZE':
      return ({ sizeBytes }) => `RFC822.SIZE ${sizeBytes}`;
    case 'INTERNALDATE':
      return ({ receivedAtMs }) => `INTERNALDATE "${formatDateTime(receivedAtMs)}"`;
    // RFC 7162 §3.1.4.2: in parentheses.
    case 'MODSEQ':
      return ({ modseq }) => `MODSEQ (${modseq})`;
    // RFC 8474 §5.1: in parentheses; RFC 8474 §5.2: NIL where no threads are kept.
    case 'EMAILID':
      return ({ emailId }) => `EMAILID (${emailId})`;
    case 'THREADID':
      return () => 'THREADID NIL';
    // RFC 8514 §4.2.
    case 'SAVEDATE':
      return ({ savedAtMs }) => `SAVEDATE "${formatDateTime(savedAtMs)}"`;
  }
}

function flagsFormatter(): MessageFormatter {
  const texts = new Map<readonly string[], string>();
  return ({ flags }) => {
    let text = texts.get(flags);
    if (text === undefined) {
      text = `FLAGS (${flags.join(' ')})`;
      texts.set(flags, text);
    }
    return text;
  };
}
