// Brings a mailbox along: every folder of a source into a mailbox of ours.
//
// Promises
// - What is counted as imported is durable in the mailbox. A kill at any instant, and the same again: nothing missing, nothing twice.
// - Nothing that is there is changed: no flag, no message, no folder.
// - One bad message, or one bad folder, is told and passed over. A full mailbox ends the transfer, because the rest would fail as well.
import type { AppendedMessage, Folder, Mailbox } from '@restante/mailbox-store';
import { headerEnd, readMessage } from '@restante/mime';
import type { MailSource, MessageGlance, SourceFolder, SourceItem } from '../mail-source.ts';
import { TransferTally } from '../transfer-report.ts';
import type { TransferReport } from '../transfer-report.ts';
import { appendBatch } from './append-batch.ts';
import { headOf, knownMessages } from './known-messages.ts';
import type { KnownMessages } from './known-messages.ts';
import { ensureTarget, targetFor } from './target-folders.ts';

export interface ImportOptions {
  readonly source: MailSource;
  readonly mailbox: Mailbox;
  /** Counts and changes nothing. */
  readonly isDryRun?: boolean;
  readonly onProgress?: (report: TransferReport) => void;
  readonly signal?: AbortSignal;
}

/** As many as are put there with one sync. */
const batchMessagesMax = 100;
const batchBytesMax = 16 * 1024 * 1024;

export async function importMailbox(options: ImportOptions): Promise<TransferReport> {
  const { source, onProgress } = options;
  const tally = new TransferTally();
  const folders = inOrder(await source.folders());
  tally.foldersTotal = folders.length;
  for (const folder of folders) {
    if (options.signal?.aborted === true) tally.endedEarly = 'cancelled';
    if (tally.endedEarly !== undefined) break;
    tally.folder = folder.name;
    onProgress?.(tally.report());
    await importFolder(options, folder, tally);
    tally.foldersDone += 1;
  }
  tally.folder = '';
  const report = tally.report();
  onProgress?.(report);
  return report;
}

/** "All mail" last: then only what is in no other folder is still missing. */
function inOrder(folders: readonly SourceFolder[]): readonly SourceFolder[] {
  return folders.toSorted((one, other) => Number(isAll(one)) - Number(isAll(other)));
}

function isAll({ specialUse }: SourceFolder): boolean {
  return specialUse === 'all';
}

async function importFolder(
  options: ImportOptions,
  from: SourceFolder,
  tally: TransferTally,
): Promise<void> {
  const { mailbox, isDryRun = false } = options;
  const name = await nameOf(mailbox, from, { isDryRun });
  if (typeof name !== 'string') {
    tally.fail('', `The folder cannot be made: ${name.why}.`);
    return;
  }
  const folder = await mailbox.open(name);
  // A dry run meets folders that are not there yet.
  if (folder === undefined && !isDryRun) {
    tally.fail('', `The folder ${name} cannot be opened.`);
    return;
  }
  try {
    const known = isAll(from)
      ? await knownEverywhere(mailbox)
      : await knownMessages(folder === undefined ? [] : [folder]);
    await importMessages(options, { from, folder, known, tally });
  } finally {
    await folder?.[Symbol.asyncDispose]();
  }
}

async function nameOf(
  mailbox: Mailbox,
  from: SourceFolder,
  { isDryRun }: { readonly isDryRun: boolean },
): Promise<string | { readonly why: string }> {
  if (isDryRun) return targetFor(from, await mailbox.folders()).name;
  const answer = await ensureTarget(mailbox, from);
  return answer.kind === 'folder' ? answer.name : answer;
}

async function knownEverywhere(mailbox: Mailbox): Promise<KnownMessages> {
  const folders: Folder[] = [];
  try {
    for (const { name, isSelectable, isHidden } of await mailbox.folders()) {
      const folder = isSelectable && !isHidden ? await mailbox.open(name) : undefined;
      if (folder !== undefined) folders.push(folder);
    }
    return await knownMessages(folders);
  } finally {
    for (const folder of folders) await folder[Symbol.asyncDispose]();
  }
}

interface Work {
  readonly from: SourceFolder;
  readonly folder: Folder | undefined;
  readonly known: KnownMessages;
  readonly tally: TransferTally;
}

type Incoming = SourceItem & { readonly kind: 'message' };

async function importMessages(options: ImportOptions, work: Work): Promise<void> {
  const { source, onProgress, signal } = options;
  const { from, folder, known, tally } = work;
  const failedBefore = tally.failed;
  let batch: Incoming[] = [];
  let batchBytes = 0;
  let reached: number | undefined;
  let isBroken = false;

  const flush = async (): Promise<void> => {
    const now = batch;
    [batch, batchBytes] = [[], 0];
    isBroken = true;
    if (folder !== undefined && now.length > 0)
      await appendBatch(folder, now.map(toAppended), {
        tally,
        whereOf: (index) => now[index]?.where ?? '',
      });
    isBroken = false;
    // Behind a failed message no mark is set: the next run tries it again.
    if (reached !== undefined && tally.failed === failedBefore && options.isDryRun !== true)
      await source.reached?.(from, reached);
    onProgress?.(tally.report());
  };

  const isWanted = ({ envelope, sizeBytes }: MessageGlance): boolean => {
    const isThere = known.take(headOf(envelope), sizeBytes);
    if (isThere) tally.alreadyThere += 1;
    return !isThere;
  };

  try {
    for await (const item of source.messages(from, isWanted)) {
      if (signal?.aborted === true) tally.endedEarly = 'cancelled';
      if (tally.endedEarly !== undefined) break;
      if (item.kind === 'damaged') {
        tally.fail(item.where, item.problem);
        continue;
      }
      if (item.mark !== undefined) reached = item.mark;
      if (item.kind === 'skipped') continue;
      const { envelope } = readMessage(item.bytes.subarray(0, headerEnd(item.bytes)));
      if (!isWanted({ envelope, sizeBytes: item.bytes.length })) continue;
      if (options.isDryRun === true) {
        tally.imported += 1;
        tally.sizeBytes += item.bytes.length;
        continue;
      }
      batch.push(item);
      batchBytes += item.bytes.length;
      if (batch.length >= batchMessagesMax || batchBytes >= batchBytesMax) await flush();
    }
  } finally {
    // What was fetched before a source broke off is kept; when it is our side that broke, nothing more is tried.
    if (!isBroken && tally.endedEarly !== 'over-quota') await flush();
  }
}

function toAppended({ bytes, flags, receivedAtMs }: Incoming): AppendedMessage {
  // RFC 9051 §2.3.2: \Recent is the server's own.
  return { body: bytes, flags: flags.filter((flag) => flag !== '\\Recent'), receivedAtMs };
}
