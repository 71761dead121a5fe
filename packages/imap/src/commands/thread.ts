// THREAD and UID THREAD (RFC 5256 §3): ORDEREDSUBJECT and REFERENCES.
import { messageIdsIn } from '@restante/mime';
import { parseSearchKeys } from '../search/parse-search-key.ts';
import { runSearch, type Found } from '../search/run-search.ts';
import type { SearchKey } from '../search/search-key.ts';
import { threadList, type ThreadNode, type ThreadSubject } from '../search/thread-node.ts';
import { threadByOrderedSubject } from '../search/thread-ordered-subject.ts';
import { threadByReferences } from '../search/thread-references.ts';
import type { Session } from '../session/session.ts';
import type { Reader } from '../wire/reader.ts';
import { bad } from '../wire/refusal.ts';
import type { Ending } from '../wire/responder.ts';
import { whenSelected, type Command } from './command.ts';
import { searchContext } from './search.ts';

type Algorithm = (messages: readonly ThreadSubject[]) => readonly ThreadNode[];

export interface ThreadArguments {
  readonly by: 'uid' | 'sequence';
  readonly algorithm: Algorithm;
  readonly key: SearchKey;
}

export const thread: Command<ThreadArguments> = {
  name: 'THREAD',
  allowedIn: whenSelected,
  updates: 'all-but-expunge',
  parse: (reader, session) => parseThread(reader, session, 'sequence'),
  run: answerThread,
};

const algorithms: ReadonlyMap<string, Algorithm> = new Map([
  ['ORDEREDSUBJECT', threadByOrderedSubject],
  ['REFERENCES', threadByReferences],
]);

export function parseThread(
  reader: Reader,
  session: Session,
  by: 'uid' | 'sequence',
): ThreadArguments {
  reader.space();
  const algorithm = algorithms.get(reader.word());
  if (algorithm === undefined) throw bad('There is no such way to thread.');
  reader.space();
  const charset = reader.astring();
  reader.space();
  const key = parseSearchKeys(reader, searchContext(session, charset));
  reader.end();
  return { by, algorithm, key };
}

export async function answerThread(
  session: Session,
  { by, algorithm, key }: ThreadArguments,
): Promise<Ending> {
  const found = await runSearch(session.selected, key);
  const threads = threadList(algorithm(await subjectsOf(session, found, by)));
  session.out.untagged(threads === '' ? 'THREAD' : `THREAD ${threads}`);
  return { text: 'Threaded.' };
}

async function subjectsOf(
  session: Session,
  found: readonly Found[],
  by: 'uid' | 'sequence',
): Promise<readonly ThreadSubject[]> {
  const byUid = new Map(found.map((one) => [one.message.uid, one]));
  const subjects: ThreadSubject[] = [];
  for await (const { uid, about } of session.selected.folder.describe([...byUid.keys()])) {
    const one = byUid.get(uid);
    if (one === undefined) continue;
    const { envelope, sentAtMs = one.message.receivedAtMs } = about;
    const [messageId] = messageIdsIn(envelope.messageId ?? '');
    subjects.push({
      id: by === 'uid' ? uid : one.sequence,
      sentAtMs,
      subject: envelope.subject ?? '',
      ...(messageId === undefined ? {} : { messageId }),
      references: envelope.references,
    });
  }
  return subjects;
}
