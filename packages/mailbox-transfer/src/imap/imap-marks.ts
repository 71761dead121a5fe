// How far each folder of a remote account has been brought over: UIDVALIDITY and the last UID whose message is safe with us.
//
// Only saves work. Without the file, or with a damaged one, messages are recognised by what they are.
import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileDurably } from '@restante/runtime';

export interface ImapMarks {
  /** 0 when nothing is known, or the folder was numbered anew. */
  after(place: string, uidValidity: string): number;
  keep(place: string, mark: { readonly uidValidity: string; readonly uid: number }): Promise<void>;
}

export interface Account {
  readonly host: string;
  readonly user: string;
  /** The mailbox of ours it goes to. */
  readonly into: string;
}

type Marks = Record<string, { readonly uidValidity: string; readonly uid: number }>;

export async function openImapMarks(dir: string, account: Account): Promise<ImapMarks> {
  const words = JSON.stringify([account.host, account.user, account.into]);
  const name = createHash('sha256').update(words).digest('hex').slice(0, 24);
  const path = join(dir, `${name}.json`);
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const marks = marksFrom(await readFile(path, 'utf8').catch(() => '{}')); // No file: the first time.
  return {
    after: (place, uidValidity) => {
      const mark = marks[place];
      return mark?.uidValidity === uidValidity ? mark.uid : 0;
    },
    async keep(place, mark) {
      marks[place] = mark;
      await writeFileDurably(path, `${JSON.stringify(marks)}\n`);
    },
  };
}

function marksFrom(text: string): Marks {
  const marks = Object.create(null) as Marks;
  try {
    for (const [place, value] of Object.entries(JSON.parse(text) as Record<string, unknown>)) {
      const { uidValidity, uid } = (value ?? {}) as { uidValidity?: unknown; uid?: unknown };
      if (typeof uidValidity === 'string' && typeof uid === 'number')
        marks[place] = { uidValidity, uid };
    }
  } catch {
    return Object.create(null) as Marks; // Damaged: everything is looked at again.
  }
  return marks;
}
