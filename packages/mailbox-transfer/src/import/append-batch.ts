// Puts a batch into a folder, all at once where that goes, one by one where one of them is in the way.
import type { AppendedMessage, Folder } from '@restante/mailbox-store';
import type { TransferTally } from '../transfer-report.ts';

export interface BatchContext {
  readonly tally: TransferTally;
  whereOf(index: number): string;
}

export async function appendBatch(
  folder: Folder,
  messages: readonly AppendedMessage[],
  context: BatchContext,
): Promise<void> {
  const isStored = await tryAll(folder, messages);
  if (isStored) {
    context.tally.imported += messages.length;
    context.tally.sizeBytes += messages.reduce((sum, message) => sum + sizeOf(message), 0);
    return;
  }
  for (const [index, message] of messages.entries()) {
    if (context.tally.endedEarly !== undefined) return;
    await appendOne(folder, message, { ...context, where: context.whereOf(index) });
  }
}

async function tryAll(folder: Folder, messages: readonly AppendedMessage[]): Promise<boolean> {
  if (messages.length === 1) return false;
  try {
    return (await folder.append(messages)).kind === 'stored';
  } catch {
    return false; // Which of them it was, and whether it is one of them at all, comes out one by one.
  }
}

async function appendOne(
  folder: Folder,
  message: AppendedMessage,
  { tally, where }: { readonly tally: TransferTally; readonly where: string },
): Promise<void> {
  const answer = await folder.append([message]);
  switch (answer.kind) {
    case 'stored':
      tally.imported += 1;
      tally.sizeBytes += sizeOf(message);
      return;
    case 'over-quota':
      tally.fail(where, 'The mailbox is full.');
      tally.endedEarly = 'over-quota';
      return;
    case 'too-large':
      tally.fail(where, 'The message is larger than this server takes.');
      return;
    case 'no-such-folder':
      tally.fail(where, 'The folder went away meanwhile.');
      return;
    case 'too-many-keywords': {
      // The mail counts for more than its keywords.
      const flags = message.flags.filter((flag) => flag.startsWith('\\'));
      if (flags.length < message.flags.length)
        return appendOne(folder, { ...message, flags }, { tally, where });
      tally.fail(where, 'The folder has too many keywords.');
      return;
    }
  }
}

function sizeOf({ body }: AppendedMessage): number {
  return Buffer.isBuffer(body) ? body.length : body.sizeBytes;
}
