// One held message with its bytes.
import { DamagedRecord } from '../disk/message-reader.ts';
import { SpoolError } from '../errors.ts';
import type { MessageWithBody } from '../spool.ts';
import { readWholeSpool } from './read-only-spool.ts';

/** Undefined when it is not held. Throws SPOOL_UNREADABLE when it is damaged. */
export async function catMessage(dir: string, id: string): Promise<MessageWithBody | undefined> {
  using spool = await readWholeSpool(dir);
  const entry = spool.catalog.get(id);
  try {
    return entry && (await spool.reader.readWithBody(entry));
  } catch (cause) {
    if (cause instanceof DamagedRecord)
      throw new SpoolError('SPOOL_UNREADABLE', { cause, detail: id });
    throw cause;
  }
}
