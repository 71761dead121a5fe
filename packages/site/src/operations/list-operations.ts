// The lists of the operator and the harvest blocks of this site, in the words of the site API.
import {
  parseSubject,
  PolicyError,
  subjectText,
  type HarvestGuard,
  type OperatorEntry,
  type OperatorLists,
} from '@restante/policy';
import type { Clock } from '@restante/runtime';
import { SiteApiError, type ListEntryRow, type ListOperations } from '@restante/site-api';

export interface ListParts {
  readonly site: string;
  readonly lists: OperatorLists;
  readonly guard: HarvestGuard;
  readonly clock: Pick<Clock, 'now'>;
}

export function createListOperations({ site, lists, guard, clock }: ListParts): ListOperations {
  // A long list is read page by page; it is put in order once and not for every page.
  let ordered: readonly OperatorEntry[] = [];
  let orderedAt = '';
  const inOrder = (): readonly OperatorEntry[] => {
    if (orderedAt !== lists.cursor) {
      ordered = lists.entries().toSorted((one, other) => (one.id < other.id ? -1 : 1));
      orderedAt = lists.cursor;
    }
    const nowMs = clock.now();
    return ordered.filter(({ expiresAtMs = Infinity }) => expiresAtMs > nowMs);
  };
  return {
    async list({ list, subject, for: forWhom, limit, after }) {
      const wanted = subject === undefined ? undefined : understood(subject);
      const fitting = inOrder().filter(
        (entry) =>
          (list === undefined || entry.list === list) &&
          (wanted === undefined || subjectText(entry.subject) === wanted) &&
          (forWhom === undefined || entry.for === forWhom.toLowerCase()),
      );
      const left = after === undefined ? fitting : fitting.filter(({ id }) => id > after);
      const rows = left.slice(0, limit).map(rowOf);
      const last = rows.at(-1);
      return {
        rows,
        total: fitting.length,
        ...(left.length > rows.length && last !== undefined ? { next: last.id } : {}),
      };
    },
    add: async (entry) => rowOf(await lists.add(entry).catch(asSiteApiError)),
    remove: async (id, author) => lists.remove(id, author),
    harvestBlocks: async () =>
      guard
        .blocks(clock.now())
        .map(({ subject, untilMs, from = site }) => ({ subject, untilMs, from })),
    harvestUnblock: async (subject) => guard.unblock(subject),
  };
}

function rowOf({ subject, isRemoved: _, ...entry }: OperatorEntry): ListEntryRow {
  return { ...entry, kind: subject.kind, subject: subjectText(subject) };
}

function understood(text: string): string {
  const parsed = parseSubject(text);
  if (!parsed.ok) throw new SiteApiError('BAD_REQUEST', { detail: parsed.problem });
  return subjectText(parsed.value);
}

function asSiteApiError(failure: unknown): never {
  if (!(failure instanceof PolicyError)) throw failure;
  const code = failure.code === 'ENTRY_INVALID' ? 'BAD_REQUEST' : 'NOT_POSSIBLE';
  throw new SiteApiError(failure.code === 'LISTS_NOT_SAVED' ? 'NOT_NOW' : code, {
    detail: failure.message,
    cause: failure,
  });
}
