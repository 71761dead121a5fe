// What is known at the end of data: the sender's facts, the author's domains, and what signatures and scanners say when they are asked.
import { headerFields } from '@restante/mime';
import { authorsOf, type Authors } from '@restante/sender-auth';
import type { ContentParts, WaitingMessage } from './content-judge.ts';
import type { ContentFacts, SenderFacts, Welcome } from './facts.ts';
import { once } from './once.ts';

export interface ToLookAt {
  readonly message: WaitingMessage;
  readonly recipients: readonly string[];
  /** Without forged findings in our name. */
  readonly header: Buffer;
  readonly trace: string;
  readonly clientName: string | undefined;
}

export function contentFacts(
  parts: ContentParts,
  sender: SenderFacts,
  { message, recipients, header, trace, clientName }: ToLookAt,
): ContentFacts {
  const { id: messageId, bodyBytes } = message;
  const body = () => message.body();
  // Signatures are about the header as it came.
  const signed = { header: message.header.toString('latin1'), body };
  const authors = authorsOf(header);
  const from = headerFields(header).filter(({ name }) => name.toLowerCase() === 'from');
  const { clientAddress, helo } = sender;
  const dkim = once(async () => parts.dkim.verify(signed));
  return {
    ...sender,
    recipients,
    fromDomains: authors.domains,
    fromFields: from.length,
    fromBytes: Math.max(0, ...from.slice(0, 2).map(({ start, end }) => end - start)),
    welcomes: welcomesFor(parts, sender, { recipients, authors: authors.addresses }),
    dkim,
    arc: once(async () => parts.arc.verify(signed)),
    dmarc: once(async () =>
      parts.dmarc.check({
        fromDomains: authors.domains,
        fromProblem: problemWith(authors, header),
        spf: await sender.spf(),
        dkim: await dkim(),
      }),
    ),
    scan: once(async () =>
      parts.scanners.scan({
        header: Buffer.concat([Buffer.from(trace), header]),
        body,
        bodyBytes,
        messageId,
        client: {
          address: clientAddress,
          helo,
          ...(clientName === undefined ? {} : { name: clientName }),
        },
        sender: sender.sender,
        recipients,
      }),
    ),
  };
}

/**
 * Old programs, many of them Chinese, write names in the charset of their country without saying so. That is not as it should be, but
 * nobody reads another address in it; whatever else is odd about such a From still counts.
 */
function problemWith(authors: Authors, header: Buffer): string | undefined {
  if (authors.problem === undefined) return undefined;
  const ascii = authorsOf(Buffer.from(header.map((byte) => (byte < 0x80 ? byte : 0x3f))));
  const isSame = ascii.domains.join(' ') === authors.domains.join(' ');
  return ascii.problem === undefined && isSame ? undefined : authors.problem;
}

/** Ends with the first recipient who has nothing in its favour: then it is not welcome, however many recipients and authors there are. */
function welcomesFor(
  { operatorLists }: Pick<ContentParts, 'operatorLists'>,
  { clientAddress, helo, sender }: SenderFacts,
  said: { readonly recipients: readonly string[]; readonly authors: readonly string[] },
): readonly (readonly Welcome[])[] {
  const welcomes: (readonly Welcome[])[] = [];
  for (const recipient of said.recipients) {
    const found = [sender, ...said.authors].flatMap((from, index): Welcome[] => {
      const [entry] = operatorLists.match({ clientAddress, helo, sender: from, recipient });
      return entry?.list === 'allow' ? [{ entry, by: index === 0 ? 'sender' : 'author' }] : [];
    });
    welcomes.push(found);
    if (found.length === 0) break;
  }
  return welcomes;
}
