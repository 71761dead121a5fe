// The shapes of work on mailboxes on the wire: strict in what is asked, lenient about further keys in what is answered.
import { z } from 'zod';
import type {
  ExportMailRequest,
  ImportMailRequest,
  RecoverableList,
  RecoverableQuery,
  TransferJob,
  Undeleted,
} from './mailbox-operations.ts';

const count = z.number().int().nonnegative();
const place = z.string().min(1).max(5000);
const folder = z.string().min(1).max(1000);

export const importMailSchema: z.ZodType<ImportMailRequest> = z.strictObject({
  from: place,
  password: z.string().min(1).max(4096).exactOptional(),
  trusted: z.string().max(100_000).exactOptional(),
  isDryRun: z.boolean().default(false),
});
export const exportMailSchema: z.ZodType<ExportMailRequest> = z.strictObject({ to: place });
export const undeleteSchema: z.ZodType<RecoverableQuery> = z.strictObject({
  folder: folder.exactOptional(),
  sinceMs: count.exactOptional(),
});
/** The same in a query, where everything is text. */
export const recoverableQuerySchema: z.ZodType<RecoverableQuery> = z.strictObject({
  folder: folder.exactOptional(),
  sinceMs: z.coerce.number().int().nonnegative().exactOptional(),
});

export const transferJobSchema: z.ZodType<TransferJob> = z.object({
  id: z.string(),
  address: z.string(),
  kind: z.enum(['import', 'export']),
  state: z.enum(['running', 'done', 'failed']),
  startedAtMs: z.number(),
  report: z.object({
    folder: z.string(),
    foldersDone: count,
    foldersTotal: count,
    imported: count,
    alreadyThere: count,
    failed: count,
    sizeBytes: count,
    problems: z.array(z.object({ folder: z.string(), where: z.string(), problem: z.string() })),
    endedEarly: z.enum(['over-quota', 'cancelled']).exactOptional(),
  }),
  problem: z.string().exactOptional(),
  isWorthRepeating: z.boolean().exactOptional(),
});
export const recoverableListSchema: z.ZodType<RecoverableList> = z.object({
  rows: z.array(
    z.object({
      uid: count,
      folder: z.string(),
      deletedAtMs: z.number(),
      sizeBytes: count,
      from: z.string(),
      subject: z.string(),
    }),
  ),
  total: count,
});
export const undeletedSchema: z.ZodType<Undeleted> = z.object({
  restored: count,
  overQuota: count,
});
