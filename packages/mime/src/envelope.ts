// The envelope of one header (RFC 3501 §7.4.2): who, to whom, about what, in answer to what.
import { parseAddresses } from './address-list.ts';
import type { Envelope, MailAddress } from './message.ts';
import { messageIdsIn } from './message-ids.ts';
import { fieldText, shortFieldText, type ScannedHeader } from './scan-header.ts';

export function readEnvelope(bytes: Buffer, header: ScannedHeader): Envelope {
  const lists = { from: none, sender: none, replyTo: none, to: none, cc: none, bcc: none };
  const texts: Partial<Record<'date' | 'subject' | 'inReplyTo' | 'messageId', string>> = {};
  let references = '';
  for (const field of header.fields) {
    switch (field.name) {
      case 'from':
      case 'sender':
      case 'to':
      case 'cc':
      case 'bcc':
        lists[field.name] = added(lists[field.name], fieldText(bytes, header, field));
        break;
      case 'reply-to':
        lists.replyTo = added(lists.replyTo, fieldText(bytes, header, field));
        break;
      case 'date':
      case 'subject':
        texts[field.name] = shortFieldText(bytes, header, field);
        break;
      case 'in-reply-to':
        texts.inReplyTo = shortFieldText(bytes, header, field);
        break;
      case 'message-id':
        texts.messageId = shortFieldText(bytes, header, field);
        break;
      case 'references':
        references = shortFieldText(bytes, header, field);
        break;
      default:
    }
  }
  const { from, sender, replyTo } = lists;
  const known = messageIdsIn(references);
  return {
    ...texts,
    ...lists,
    // RFC 3501 §7.4.2: without a field, or with an empty one, they are those of From.
    sender: sender.length === 0 ? from : sender,
    replyTo: replyTo.length === 0 ? from : replyTo,
    // RFC 5256 §3, THREAD=REFERENCES: of In-Reply-To only the first.
    references: known.length > 0 ? known : messageIdsIn(texts.inReplyTo ?? '').slice(0, 1),
  };
}

const none: readonly MailAddress[] = [];

function added(list: readonly MailAddress[], text: string): readonly MailAddress[] {
  return parseAddresses(text, list === none ? [] : [...list]);
}
