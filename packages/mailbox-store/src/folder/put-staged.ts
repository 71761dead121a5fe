// Makes staged files (in tmp/, synced) mail of a folder: all of them or, after a crash at any instant, none.
import { relative } from 'node:path';
import { renameAll } from '../maildir/rename-batch.ts';
import type { OpenFolder } from './open-folder.ts';
import { tellAppeared } from './tell-appeared.ts';

export interface StagedMessage {
  readonly temporary: string;
  readonly baseName: string;
  readonly flags: readonly string[];
  readonly receivedAtMs: number;
  readonly sizeBytes: number;
  readonly virtualSizeBytes: number;
}

/** Gives their UIDs, in their order. Only from within `alone` of the folder. */
export async function putStaged(
  folder: OpenFolder,
  staged: readonly StagedMessage[],
  reservation?: Disposable,
): Promise<readonly number[]> {
  const { context, files, memory } = folder;
  const named = staged.map((one) => ({
    ...one,
    suffix: memory.places.letters.suffixFor(one.flags),
  }));
  const pairs = named.map(
    ({ temporary, baseName, suffix }) =>
      [
        relative(context.root, temporary),
        relative(context.root, `${folder.dir}/cur/${baseName}${suffix}`),
      ] as const,
  );
  await renameAll(context.root, pairs, (work) => files.directories.around(['cur'], work));
  let uids: readonly number[];
  try {
    await files.sync('cur');
    uids = await files.uids.assignMany(staged.map(({ baseName }) => baseName));
  } catch (cause) {
    files.directories.forget();
    throw cause;
  }
  reservation?.[Symbol.dispose]();
  if (!folder.isUncounted) {
    const bytes = staged.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    context.quota.note(bytes, staged.length);
  }
  const put = named.map((one, index) => ({
    uid: uids[index] ?? 0,
    baseName: one.baseName,
    directory: 'cur' as const,
    suffix: one.suffix,
    sizeBytes: one.virtualSizeBytes,
    receivedAtMs: one.receivedAtMs,
  }));
  await tellAppeared(folder, put);
  return uids;
}
