// Which names LIST and LSUB show, and with which attributes. Pure: the mailbox's entries in, lines to say out.
import type { FolderEntry } from '@restante/mailbox-store';
import { canonicalName } from '../wire/mailbox-name.ts';
import { listPattern, type ListPattern } from './list-pattern.ts';
import type { ListRequest } from './list-request.ts';
import { attributeOf } from './special-use.ts';

export interface ListedName {
  readonly name: string;
  readonly attributes: readonly string[];
  readonly isSelectable: boolean;
  /** It is shown for what is below it (RFC 5258 §3.5). */
  readonly childInfo: boolean;
}

export interface FolderKnowledge {
  readonly folders: readonly FolderEntry[];
  /** Names, of folders or of what were folders once. */
  readonly subscriptions: readonly string[];
}

/** RFC 3501 §6.3.8: the reference goes before the pattern. */
export function patternsOf({ reference, patterns }: ListRequest): readonly ListPattern[] {
  return patterns.map((pattern) => listPattern(canonicalName(reference + pattern)));
}

export function selectFolders(
  { folders, subscriptions }: FolderKnowledge,
  request: ListRequest,
): readonly ListedName[] {
  const patterns = patternsOf(request);
  const entries = new Map(folders.map((entry) => [entry.name, entry]));
  const subscribed = new Set(subscriptions);
  const isSelected = (name: string) =>
    (!request.onlySubscribed || subscribed.has(name)) &&
    (!request.onlySpecialUse || entries.get(name)?.specialUse !== undefined);
  // RFC 3501 §6.3.9: subscribed names are shown even where the folder is gone.
  const names = request.onlySubscribed
    ? [...new Set([...folders.map(({ name }) => name), ...subscriptions])].toSorted(byName)
    : folders.map(({ name }) => name);
  const above = request.isRecursive ? parentsOf(names.filter(isSelected), patterns) : undefined;
  const candidates =
    above === undefined ? names : [...new Set([...names, ...above])].toSorted(byName);
  return candidates
    .filter((name) => patterns.some((pattern) => pattern.matches(name)))
    .filter((name) => isSelected(name) || above?.has(name) === true)
    .filter((name) => !isHiddenFrom(entries.get(name), patterns))
    .map((name) => {
      const entry = entries.get(name);
      const isSubscribed = request.returnsSubscribed && subscribed.has(name);
      return {
        name,
        attributes: attributesOf(entry, { isSubscribed }),
        isSelectable: entry?.isSelectable === true,
        childInfo: above?.has(name) === true,
      };
    });
}

/** INBOX first, as the mailbox orders them. */
function byName(one: string, other: string): number {
  if (one === other) return 0;
  if (one === 'INBOX' || other === 'INBOX') return one === 'INBOX' ? -1 : 1;
  return one < other ? -1 : 1;
}

/** Names above the selected ones that match while those below do not (RFC 5258 §3.5). */
function parentsOf(
  names: readonly string[],
  patterns: readonly ListPattern[],
): ReadonlySet<string> {
  const parents = new Set<string>();
  for (const name of names) {
    if (patterns.some((pattern) => pattern.matches(name))) continue;
    for (let at = name.lastIndexOf('/'); at > 0; at = name.lastIndexOf('/', at - 1)) {
      parents.add(name.slice(0, at));
    }
  }
  return parents;
}

/** The folder of deleted mail shows itself to who asks for it by name. */
function isHiddenFrom(entry: FolderEntry | undefined, patterns: readonly ListPattern[]): boolean {
  if (entry?.isHidden !== true) return false;
  const [top = ''] = entry.name.split('/');
  return !patterns.some(({ prefix }) => prefix.startsWith(top));
}

export function attributesOf(
  entry: FolderEntry | undefined,
  { isSubscribed }: { readonly isSubscribed: boolean },
): readonly string[] {
  const subscribed = isSubscribed ? ['\\Subscribed'] : [];
  // RFC 5258 §3: \NonExistent implies \Noselect, which old clients know.
  if (entry === undefined) return ['\\NonExistent', '\\Noselect', ...subscribed];
  return [
    ...(entry.isSelectable ? [] : ['\\NonExistent', '\\Noselect']),
    entry.hasChildren ? '\\HasChildren' : '\\HasNoChildren',
    ...(entry.specialUse === undefined ? [] : [attributeOf(entry.specialUse)]),
    ...subscribed,
  ];
}
