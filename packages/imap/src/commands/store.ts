// STORE and UID STORE (RFC 3501 §6.4.6, §6.4.8; RFC 7162 §3.1.3 UNCHANGEDSINCE).
//
// The new flags are said as FETCH responses, unless .SILENT asked for quiet; MODSEQ is said even then, once CONDSTORE is enabled.
import type { FlagChange, Message } from '@restante/mailbox-store';
import { enableCondstore } from '../qresync/enable-condstore.ts';
import type { SelectedFolder } from '../session/selected-folder.ts';
import type { Session } from '../session/session.ts';
import { settableFlag, systemFlags } from '../wire/flags.ts';
import type { Reader } from '../wire/reader.ts';
import { bad, no } from '../wire/refusal.ts';
import type { Ending } from '../wire/responder.ts';
import { formatNumberSet, type SequenceSet } from '../wire/sequence-set.ts';
import { whenSelected, type Command } from './command.ts';

export interface StoreArguments {
  readonly by: 'uid' | 'sequence';
  readonly set: SequenceSet;
  readonly change: FlagChange;
  readonly isSilent: boolean;
  readonly unchangedSince: number | undefined;
}

export const store: Command<StoreArguments> = {
  name: 'STORE',
  allowedIn: whenSelected,
  updates: 'all-but-expunge',
  parse: (reader) => parseStore(reader, 'sequence'),
  run: answerStore,
};

export function parseStore(reader: Reader, by: 'uid' | 'sequence'): StoreArguments {
  reader.space();
  const set = reader.sequenceSet();
  reader.space();
  const unchangedSince = reader.peek === '(' ? parseModifier(reader) : undefined;
  const [, sign, silent] = reader.match(/([+-]?)FLAGS(\.SILENT)?(?= )/iy) ?? [];
  if (sign === undefined) throw bad('STORE changes FLAGS, +FLAGS or -FLAGS.');
  reader.space();
  const flags = (reader.peek === '(' ? reader.flagList() : bareFlags(reader)).map(settableFlag);
  reader.end();
  const how = sign === '+' ? 'add' : sign === '-' ? 'remove' : 'replace';
  return { by, set, change: { how, flags }, isSilent: silent !== undefined, unchangedSince };
}

/** RFC 7162 §3.1.3: "(UNCHANGEDSINCE n)" before the flags. */
function parseModifier(reader: Reader): number {
  reader.open();
  if (reader.word() !== 'UNCHANGEDSINCE') throw bad('STORE has no such modifier.');
  reader.space();
  const modseq = reader.number();
  reader.close();
  reader.space();
  return modseq;
}

/** RFC 3501 §9: store-att-flags may do without parentheses. */
function bareFlags(reader: Reader): readonly string[] {
  const flags = [reader.flag()];
  while (reader.take(' ')) flags.push(reader.flag());
  return flags;
}

export async function answerStore(session: Session, args: StoreArguments): Promise<Ending> {
  const { selected: view } = session;
  const { change, unchangedSince, by } = args;
  if (unchangedSince !== undefined) enableCondstore(session);
  if (view.isReadOnly) throw no('READ-ONLY', 'This mailbox was opened read-only.');
  const uids = uidsOf(view, args);
  const keywordsBefore = view.folder.keywords.length;
  const { changed, modified, tooManyKeywords } = await view.folder.setFlags(
    uids,
    change,
    unchangedSince === undefined ? undefined : { unchangedSince },
  );
  if (tooManyKeywords === true) throw no('LIMIT', 'This mailbox has all the keywords it can have.');
  if (view.folder.keywords.length > keywordsBefore) sayKeywords(session);
  sayChanged(session, args, { uids, changed });
  if (modified.length > 0)
    return { code: modifiedCode(view, by, modified), text: 'Some were changed by others.' };
  return { text: 'Stored.' };
}

/** RFC 3501 §7.2.6: the flags there are, before a FETCH shows a new one. */
function sayKeywords({ selected: view, out }: Session): void {
  const flags = [...systemFlags, ...view.folder.keywords].join(' ');
  out.untagged(`FLAGS (${flags})`);
  out.untagged(`OK [PERMANENTFLAGS (${flags} \\*)] Flags that stay.`);
}

function uidsOf(view: SelectedFolder, { set, by }: StoreArguments): readonly number[] {
  const uids: number[] = [];
  for (const sequence of view.select(set, by)) {
    const message = view.at(sequence);
    if (message !== undefined) uids.push(message.uid);
  }
  return uids;
}

/**
 * RFC 3501 §6.4.6: the new value of every message named, changed or not. Those of .SILENT are not said, unless somebody else changed more
 * than this client knows, which the border tells; with CONDSTORE their new MODSEQ is (RFC 7162 §3.1.3).
 */
function sayChanged(
  session: Session,
  { by, isSilent }: StoreArguments,
  { uids, changed }: { readonly uids: readonly number[]; readonly changed: readonly Message[] },
): void {
  const { selected: view, out } = session;
  const said = isSilent ? changed.map(({ uid }) => uid) : uids;
  for (const uid of said) {
    const sequence = view.sequenceOf(uid);
    const message = sequence === undefined ? undefined : view.at(sequence);
    if (message === undefined) continue;
    view.forgetChange(uid);
    const items = [
      ...(by === 'uid' || session.isQresync ? [`UID ${uid}`] : []),
      ...(isSilent ? [] : [`FLAGS (${message.flags.join(' ')})`]),
      ...(session.isCondstore ? [`MODSEQ (${message.modseq})`] : []),
    ];
    if (isSilent && !session.isCondstore) continue;
    out.text(`* ${sequence} FETCH (${items.join(' ')})\r\n`);
  }
}

/** RFC 7162 §3.1.3: [MODIFIED set], in the numbers the command spoke. */
function modifiedCode(
  view: SelectedFolder,
  by: 'uid' | 'sequence',
  modified: readonly number[],
): string {
  const numbers =
    by === 'uid'
      ? modified
      : modified.flatMap((uid) => {
          const sequence = view.sequenceOf(uid);
          return sequence === undefined ? [] : [sequence];
        });
  return `MODIFIED ${formatNumberSet(numbers)}`;
}
