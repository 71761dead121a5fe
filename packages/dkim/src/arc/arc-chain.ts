// The ARC sets of a message as they stand (RFC 8617 §4.2): who belongs together, and whether that is a chain at all.
//
// Only structure is judged here: each instance from 1 on has its three fields exactly once, and says of those before it what it must.
import type { Header, HeaderField } from '../canonical/header-fields.ts';
import { hostName, valueOf } from '../verify/signature-fields.ts';
import { parseTagList, type Tags } from '../verify/tag-list.ts';

/** RFC 8617 §4.2.1: a chain has at most so many sets. */
export const instancesMax = 50;

export interface ArcSet {
  readonly instance: number;
  readonly results: HeaderField;
  readonly message: TaggedField;
  readonly seal: TaggedField;
  /** cv= of the seal, in small letters. */
  readonly status: string;
}

export interface TaggedField {
  readonly field: HeaderField;
  readonly tags: Tags;
}

export interface ArcChain {
  /** First to last; complete without a problem only. */
  readonly sets: readonly ArcSet[];
  /** Highest instance anybody mentions. */
  readonly last: number;
  /** The newest seal says that the chain was broken before (cv=fail): nobody goes on from here (§5.1). */
  readonly hasEnded: boolean;
  /** Why it is no chain. */
  readonly problem?: string;
}

/** Undefined: nobody sealed. */
export function readArcChain(header: Header): ArcChain | undefined {
  const seals = header.named('arc-seal').map(tagged);
  const messages = header.named('arc-message-signature').map(tagged);
  const results = header.named('arc-authentication-results');
  if (seals.length + messages.length + results.length === 0) return undefined;

  const sealOf = byInstance(seals, ({ tags }) => instanceIn(tags.get('i')?.value));
  const messageOf = byInstance(messages, ({ tags }) => instanceIn(tags.get('i')?.value));
  const resultsOf = byInstance(results, resultsInstance);
  const last = Math.max(0, ...sealOf.keys(), ...messageOf.keys(), ...resultsOf.keys());
  const hasEnded = statusOf(sealOf.get(last)) === 'fail';

  const sets: ArcSet[] = [];
  for (let instance = 1; instance <= last; instance += 1) {
    const [seal, message] = [sealOf.get(instance), messageOf.get(instance)];
    const found = resultsOf.get(instance);
    if (seal === undefined || message === undefined || found === undefined) break;
    sets.push({ instance, results: found, message, seal, status: statusOf(seal) });
  }
  // RFC 8617 §5.2: exactly one of each for each instance; whatever is more, or unreadable, is one too many.
  const isWhole = [seals, messages, results].every(({ length }) => length === sets.length);
  const problem = isWhole
    ? statusProblem(sets)
    : 'The sets are not complete, or one is there twice.';
  return { sets, last, hasEnded, ...(problem === undefined ? {} : { problem }) };
}

/** RFC 8617 §5.2: the first seal found nothing before it, all others a good chain. */
function statusProblem(sets: readonly ArcSet[]): string | undefined {
  const wrong = sets.find(({ instance, status }) => status !== (instance === 1 ? 'none' : 'pass'));
  if (wrong === undefined) return undefined;
  return wrong.status === 'fail'
    ? `Seal ${wrong.instance} says that the chain was broken before.`
    : `Seal ${wrong.instance} has a cv= that cannot be there.`;
}

function statusOf(seal: TaggedField | undefined): string {
  return seal === undefined ? '' : valueOf(seal.tags, 'cv').toLowerCase();
}

const noTags: Tags = new Map();

function tagged(field: HeaderField): TaggedField {
  return { field, tags: parseTagList(field.text, field.valueAt) ?? noTags };
}

/** The first of an instance; a second one makes the counts differ. */
function byInstance<T>(
  fields: readonly T[],
  instanceOf: (field: T) => number | undefined,
): ReadonlyMap<number, T> {
  const found = new Map<number, T>();
  for (const field of fields) {
    const instance = instanceOf(field);
    if (instance !== undefined && !found.has(instance)) found.set(instance, field);
  }
  return found;
}

function instanceIn(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,2}$/.test(text)) return undefined;
  const instance = Number(text);
  return instance >= 1 && instance <= instancesMax ? instance : undefined;
}

/** RFC 8617 §4.1.1: "i=1;" comes first, then what Authentication-Results would say. */
function resultsInstance(field: HeaderField): number | undefined {
  return instanceIn(instanceStart.exec(valueIn(field))?.[1]);
}

const instanceStart = /^ ?i ?= ?(\d{1,2}) ?; ?/;

function valueIn({ name, relaxed }: HeaderField): string {
  return relaxed.slice(name.length + 1);
}

/** Behind "i=1;", one line, no control characters. */
export function resultsText(field: HeaderField): string {
  return valueIn(field)
    .replace(instanceStart, '')
    .replaceAll(/[\0-\x1f\x7f]/g, ' ')
    .trim();
}

/** d= of a seal; empty when it is none. */
export function sealerOf({ seal }: ArcSet): string {
  return hostName(valueOf(seal.tags, 'd')) ?? '';
}
