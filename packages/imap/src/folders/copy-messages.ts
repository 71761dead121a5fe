// COPY, MOVE and their UID forms (RFC 3501 §6.4.7, RFC 6851), answered with what became what (COPYUID, RFC 4315 §3).
import type { CopyAnswer } from '@restante/mailbox-store';
import type { Session } from '../session/session.ts';
import type { Reader } from '../wire/reader.ts';
import { no } from '../wire/refusal.ts';
import type { Ending } from '../wire/responder.ts';
import { formatNumberSet, type SequenceSet } from '../wire/sequence-set.ts';
import { highestModseq } from './highest-modseq.ts';
import { uidsIn } from './uids-in.ts';

export interface CopyArguments {
  readonly set: SequenceSet;
  readonly to: string;
}

export function parseCopy(reader: Reader): CopyArguments {
  reader.space();
  const set = reader.sequenceSet();
  reader.space();
  const to = reader.mailbox();
  reader.end();
  return { set, to };
}

export async function answerCopy(
  { selected: view }: Session,
  { set, to }: CopyArguments,
  by: 'uid' | 'sequence',
): Promise<Ending> {
  const uids = uidsIn(view, set, by);
  // RFC 3501 §6.4.8: a UID that is not there is no error.
  if (uids.length === 0) return { text: 'There was nothing to copy.' };
  return { code: copyUid(await view.folder.copy(uids, to)), text: 'Copied.' };
}

export async function answerMove(
  session: Session,
  { set, to }: CopyArguments,
  by: 'uid' | 'sequence',
): Promise<Ending> {
  const { selected: view, out } = session;
  if (view.isReadOnly) throw no('READ-ONLY', 'This mailbox was opened read-only.');
  const uids = uidsIn(view, set, by);
  if (uids.length === 0) return { text: 'There was nothing to move.' };
  const code = copyUid(await view.folder.move(uids, to));
  // RFC 6851 §4.3: before the EXPUNGEs, so that a client knows where they went.
  if (code !== undefined) out.untagged(`OK [${code}] Moved.`);
  return { code: highestModseq(session), text: 'Moved.' };
}

function copyUid(answer: CopyAnswer): string | undefined {
  if (answer.kind === 'no-such-folder') throw no('TRYCREATE', 'There is no such mailbox.');
  if (answer.kind === 'over-quota') throw no('OVERQUOTA', 'The mailbox is full.');
  const { uidValidity, pairs } = answer;
  if (pairs.length === 0) return undefined;
  const from = formatNumberSet(pairs.map((pair) => pair.from));
  const to = formatNumberSet(pairs.map((pair) => pair.to));
  return `COPYUID ${uidValidity} ${from} ${to}`;
}
