// The envelope of one header (RFC 3501 §7.4.2): who, to whom, about what, in answer to what.
import { parseAddresses } from './address-list.ts';
import type { Envelope, MailAddress } from './message.ts';
import { messageIdsIn } from './message-ids.ts';
import { fieldText, shortFieldText, type ScannedHeader } from './scan-header.ts';

type AddressField = 'from' | 'sender' | 'replyTo' | 'to' | 'cc' | 'bcc';

export function readEnvelope(bytes: Buffer, header: ScannedHeader): Envelope {
  const lists: Partial<Record<AddressField, MailAddress[]>> = {};
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
  const { from = none, sender = none, replyTo = none, to = none, cc = none, bcc = none } = lists;
  const known = messageIdsIn(references);
  return {
    ...texts,
    from,
    // RFC 3501 §7.4.2: without a field, or with an empty one, they are those of From.
    sender: sender.length === 0 ? from : sender,
    replyTo: replyTo.length === 0 ? from : replyTo,
    to,
    cc,
    bcc,
    // RFC 5256 §3, THREAD=REFERENCES: of In-Reply-To only the first.
    references: known.length > 0 ? known : messageIdsIn(texts.inReplyTo ?? '').slice(0, 1),
  };
}

/** A field may stand twice: what it has comes behind what was there. */
function added(list: MailAddress[] | undefined, text: string): MailAddress[] {
  return parseAddresses(text, list ?? []);
}

const none: readonly MailAddress[] = [];
