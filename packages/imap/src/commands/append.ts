// APPEND (RFC 3501 §6.3.11): several at once (MULTIAPPEND, RFC 3502), binary (RFC 3516 §4.4) and UTF-8 ones (RFC 6855 §4),
// answered with their UIDs (UIDPLUS, RFC 4315 §3).
//
// All or none: what is answered OK survives a power cut, what is not is absent. Sizes and quota were looked at before the bytes came.
import type { AppendedMessage } from '@restante/mailbox-store';
import { settableFlag } from '../wire/flags.ts';
import type { Reader } from '../wire/reader.ts';
import { bad, no } from '../wire/refusal.ts';
import { formatNumberSet } from '../wire/sequence-set.ts';
import { afterLogin, type Command } from './command.ts';

interface Message {
  readonly body: AppendedMessage['body'];
  readonly sizeBytes: number;
  readonly flags: readonly string[];
  readonly receivedAtMs: number | undefined;
}

interface Arguments {
  readonly name: string;
  readonly messages: readonly Message[];
}

export const append: Command<Arguments> = {
  name: 'APPEND',
  allowedIn: afterLogin,
  parse(reader) {
    reader.space();
    const name = reader.mailbox();
    const messages: Message[] = [];
    do messages.push(parseMessage(reader));
    while (!reader.isAtEnd);
    return { name, messages };
  },
  async run(session, { name, messages }) {
    // RFC 3502 §6.3.11: an empty literal takes the whole command back.
    if (messages.some(({ sizeBytes }) => sizeBytes === 0))
      throw no(undefined, 'Nothing was stored.');
    const nowMs = session.server.clock.now();
    await using folder = await session.ownMailbox.open(name);
    // RFC 3501 §6.3.11: TRYCREATE tells the client to make it and come again.
    if (folder === undefined) throw no('TRYCREATE', 'There is no such mailbox.');
    const answer = await folder.append(
      messages.map(({ body, flags, receivedAtMs = nowMs }) => ({ body, flags, receivedAtMs })),
    );
    switch (answer.kind) {
      case 'stored':
        return {
          code: `APPENDUID ${answer.uidValidity} ${formatNumberSet(answer.uids)}`,
          text: 'Stored.',
        };
      case 'no-such-folder':
        throw no('TRYCREATE', 'There is no such mailbox.');
      case 'over-quota':
        throw no('OVERQUOTA', 'The mailbox is full.');
      case 'too-large':
        throw no('TOOBIG', 'The message is too large.');
      case 'too-many-keywords':
        throw no('LIMIT', 'There are too many keywords in this mailbox.');
    }
  },
};

function parseMessage(reader: Reader): Message {
  reader.space();
  let flags: readonly string[] = [];
  if (reader.peek === '(') {
    flags = [...new Set(reader.flagList().map(settableFlag))];
    reader.space();
  }
  let receivedAtMs: number | undefined;
  if (reader.peek === '"') {
    receivedAtMs = reader.dateTime();
    reader.space();
  }
  const { body, sizeBytes } = parseBody(reader);
  return { body, sizeBytes, flags, receivedAtMs };
}

/** RFC 6855 §4: "UTF8 (" literal8 ")" says that headers are UTF-8; they are kept as they are either way. */
function parseBody(reader: Reader): Pick<Message, 'body' | 'sizeBytes'> {
  if (!reader.take('UTF8 (')) return reader.anyLiteral();
  if (!reader.isUtf8) throw bad('Please ENABLE UTF8=ACCEPT first.');
  const literal = reader.anyLiteral();
  reader.expect(')');
  return literal;
}
