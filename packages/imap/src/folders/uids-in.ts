// The UIDs a set names in the client's view, ascending.
import type { SelectedFolder } from '../session/selected-folder.ts';
import type { SequenceSet } from '../wire/sequence-set.ts';

export function uidsIn(
  view: SelectedFolder,
  set: SequenceSet,
  by: 'uid' | 'sequence',
): readonly number[] {
  const uids: number[] = [];
  for (const sequence of view.select(set, by)) {
    const message = view.at(sequence);
    if (message !== undefined) uids.push(message.uid);
  }
  return uids;
}
