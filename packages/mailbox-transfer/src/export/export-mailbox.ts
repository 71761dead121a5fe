// Takes a mailbox away: every folder of ours into a Maildir or an mbox that others read.
//
// Promises
// - Nothing of the mailbox is changed. What is counted is on disk, synced.
// - Doing it again into the same place adds what is new and repeats nothing (Maildir), or writes each file anew (mbox).
import type { Folder, Mailbox } from '@restante/mailbox-store';
import { TransferError } from '../errors.ts';
import type { MailPlace } from '../open-source.ts';
import { TransferTally } from '../transfer-report.ts';
import type { TransferReport } from '../transfer-report.ts';
import { openMaildirTarget } from './maildir-target.ts';
import { openMboxTarget } from './mbox-target.ts';

/** Where a mailbox is taken to. */
export interface MailTarget {
  /** Made when it is not there. */
  folder(name: string, options: { readonly keywords: readonly string[] }): Promise<TargetFolder>;
  subscribe(names: readonly string[]): Promise<void>;
}

export interface TargetFolder extends AsyncDisposable {
  /** False when it was there already. */
  put(message: ExportedMessage): Promise<boolean>;
  /** Every message of the folder was put: all of it is on disk, in its place. Not called when the export ends before. */
  finish(): Promise<void>;
}

export interface ExportedMessage {
  readonly uid: number;
  readonly emailId: string;
  readonly flags: readonly string[];
  readonly receivedAtMs: number;
  /** As stored. */
  readonly bytes: Buffer;
}

export interface ExportOptions {
  readonly mailbox: Mailbox;
  readonly onProgress?: (report: TransferReport) => void;
  readonly signal?: AbortSignal;
}

const reportEveryMessages = 100;

export async function openMailTarget(place: MailPlace): Promise<MailTarget> {
  if (place.kind === 'maildir') return openMaildirTarget(place.path);
  if (place.kind === 'mbox') return openMboxTarget(place.path);
  throw new TransferError('PLACE_INVALID', { about: 'export goes to a Maildir or an mbox' });
}

export async function exportMailbox(
  target: MailTarget,
  options: ExportOptions,
): Promise<TransferReport> {
  const { mailbox, onProgress, signal } = options;
  const tally = new TransferTally();
  const folders = (await mailbox.folders()).filter(
    ({ isSelectable, isHidden }) => isSelectable && !isHidden,
  );
  tally.foldersTotal = folders.length;
  for (const { name } of folders) {
    if (signal?.aborted === true) tally.endedEarly = 'cancelled';
    if (tally.endedEarly !== undefined) break;
    tally.folder = name;
    onProgress?.(tally.report());
    await using folder = await mailbox.open(name);
    if (folder !== undefined) await exportFolder(target, folder, { ...options, tally });
    tally.foldersDone += 1;
  }
  await target.subscribe(await mailbox.subscriptions());
  tally.folder = '';
  onProgress?.(tally.report());
  return tally.report();
}

async function exportFolder(
  target: MailTarget,
  folder: Folder,
  { tally, onProgress, signal }: ExportOptions & { readonly tally: TransferTally },
): Promise<void> {
  await using to = await target.folder(folder.name, { keywords: folder.keywords });
  for (const [index, { uid, emailId, flags, receivedAtMs }] of folder.messages.entries()) {
    if (signal?.aborted === true) {
      // What is not whole does not take the place of what was whole; a Maildir keeps what has come.
      tally.endedEarly = 'cancelled';
      return;
    }
    const bytes = await folder.read(uid);
    if (bytes === undefined) continue; // Went meanwhile: it is not in the mailbox any more.
    const isNew = await to.put({ uid, emailId, flags, receivedAtMs, bytes });
    if (isNew) {
      tally.imported += 1;
      tally.sizeBytes += bytes.length;
    } else tally.alreadyThere += 1;
    if (index % reportEveryMessages === 0) onProgress?.(tally.report());
  }
  await to.finish();
}
