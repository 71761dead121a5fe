// Entries of the stream of blocks in Redis, from and to our words. What stands there is not trusted to be what we put there.
import type { HarvestBlock } from './harvest-guard.ts';

export interface StreamNews {
  readonly told: readonly { readonly subject: string; readonly block: HarvestBlock | undefined }[];
  readonly lastId: string | undefined;
  readonly rows: number;
}

/** Until 0 says that it was let go. */
export function blockFields(
  subject: string,
  block: HarvestBlock | undefined,
  site: string,
): readonly (string | number)[] {
  return ['subject', subject, 'until', block?.untilMs ?? 0, 'from', block?.from ?? site];
}

/** The answer of XRANGE: [id, [field, value, ...]] for each entry, oldest first. */
export function newsIn(answer: unknown, site: string): StreamNews {
  const rows = Array.isArray(answer) ? (answer as readonly unknown[]) : [];
  const told: { subject: string; block: HarvestBlock | undefined }[] = [];
  let lastId: string | undefined;
  for (const row of rows) {
    const [id, fields] = Array.isArray(row) ? (row as readonly unknown[]) : [];
    if (typeof id !== 'string' || !/^\d{1,20}-\d{1,20}$/.test(id)) continue;
    lastId = id;
    const { subject, until, from } = fieldsOf(fields);
    const untilMs = Number(until);
    if (subject === undefined || !Number.isFinite(untilMs)) continue;
    const block: HarvestBlock = {
      subject,
      untilMs,
      ...(from === undefined || from === site ? {} : { from }),
    };
    told.push({ subject, block: untilMs === 0 ? undefined : block });
  }
  return { told, lastId, rows: rows.length };
}

function fieldsOf(fields: unknown): Readonly<Record<string, string | undefined>> {
  const flat = Array.isArray(fields) ? fields.map(String) : [];
  const pairs: [string, string][] = [];
  for (let at = 0; at + 1 < flat.length; at += 2) pairs.push([flat[at] ?? '', flat[at + 1] ?? '']);
  return Object.fromEntries(pairs);
}
