// Which folder of ours a folder of the source becomes: the same name, or ours of the same use (Sent, Trash ...) where there is one.
import type { FolderEntry, Mailbox, SpecialUse } from '@restante/mailbox-store';
import type { SourceFolder } from '../mail-source.ts';

export type TargetAnswer =
  | { readonly kind: 'folder'; readonly name: string; readonly isNew: boolean }
  | { readonly kind: 'refused'; readonly why: string };

/** What programs of the world call them, where the source does not say. */
const habits: readonly (readonly [SpecialUse, RegExp])[] = [
  ['sent', /^(sent|sent items|sent messages|sent mail)$/i],
  ['drafts', /^drafts?$/i],
  ['trash', /^(trash|deleted|deleted items|deleted messages|bin)$/i],
  ['junk', /^(junk|spam|junk e-?mail|bulk mail)$/i],
  ['archive', /^archives?$/i],
];

/** Pure. `INBOX/Sent`, as servers with everything below INBOX have it, counts as `Sent`. */
export function targetFor(
  source: SourceFolder,
  ours: readonly Pick<FolderEntry, 'name' | 'specialUse' | 'isHidden'>[],
): { readonly name: string; readonly specialUse?: SpecialUse } {
  const visible = ours.filter(({ isHidden }) => !isHidden);
  if (source.name.toUpperCase() === 'INBOX') return { name: 'INBOX' };
  const bare = source.name.replace(/^INBOX\//i, '');
  // All mail of a server with labels is what is in no other folder: archived.
  const use = source.specialUse === 'all' ? 'archive' : (source.specialUse ?? habitOf(bare));
  const ofSameUse = visible.find((each) => use !== undefined && each.specialUse === use);
  if (ofSameUse) return { name: ofSameUse.name };
  if (visible.some(({ name }) => name === source.name)) return { name: source.name };
  const name = source.specialUse === 'all' ? 'Archive' : bare;
  return use === undefined || use === 'flagged' ? { name } : { name, specialUse: use };
}

/** Makes it when it is not there. */
export async function ensureTarget(mailbox: Mailbox, source: SourceFolder): Promise<TargetAnswer> {
  const ours = await mailbox.folders();
  const { name, specialUse } = targetFor(source, ours);
  const there = ours.find((each) => each.name === name);
  if (there?.isSelectable === true) return { kind: 'folder', name, isNew: false };
  const made = await mailbox.createFolder(name, specialUse === undefined ? {} : { specialUse });
  if (made.kind === 'name-refused') return { kind: 'refused', why: made.why };
  if (made.kind !== 'done' && made.kind !== 'exists') return { kind: 'refused', why: made.kind };
  if (source.isSubscribed) await mailbox.setSubscribed(name, true);
  return { kind: 'folder', name, isNew: made.kind === 'done' };
}

function habitOf(name: string): SpecialUse | undefined {
  return habits.find(([, form]) => form.test(name))?.[0];
}
