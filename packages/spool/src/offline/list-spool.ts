// All held messages with envelope and outcomes, oldest id first.
import type { SpooledMessage } from '../spool.ts';
import { readWholeSpool } from './read-only-spool.ts';

export type ListedMessage =
  | { readonly kind: 'message'; readonly message: SpooledMessage }
  | { readonly kind: 'corrupt'; readonly id: string; readonly problem: string };

export async function* listSpool(dir: string): AsyncGenerator<ListedMessage> {
  using spool = await readWholeSpool(dir);
  for (const entry of spool.catalog.entries()) {
    yield await spool.reader.read(entry).then(
      (message): ListedMessage => ({ kind: 'message', message }),
      (error: unknown): ListedMessage => ({
        kind: 'corrupt',
        id: entry.id,
        problem: String(error),
      }),
    );
  }
}
