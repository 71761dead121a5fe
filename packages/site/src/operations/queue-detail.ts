// Everything about one waiting message: envelope, where it came from, what each recipient's last answer was, its header.
import type { RelayParts } from '@restante/relay';
import { readHeader } from '@restante/relay';
import type { QueueDetail } from '@restante/site-api';
import { rowOf } from './queue-rows.ts';

export async function queueDetail(parts: RelayParts, id: string): Promise<QueueDetail | undefined> {
  const entry = parts.spool.entry(id);
  const message = await parts.spool.read(id);
  if (entry === undefined || message === undefined) return undefined;
  return {
    ...(await rowOf(parts, entry, message)),
    messageId: message.messageId,
    origin: { ...message.origin },
    outcomes: [...message.outcomes.values()].map(({ recipient, outcome, atMs, attempts }) => ({
      recipient,
      kind: outcome.kind,
      reply: `${outcome.reply.code} ${outcome.reply.enhanced} ${outcome.reply.text}`,
      atMs,
      attempts,
    })),
    header: (await readHeader(await parts.spool.body(id))).text,
  };
}
