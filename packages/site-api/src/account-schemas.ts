// The shapes of people on the wire: strict in what is asked, lenient about further keys in what is answered.
import { z } from 'zod';
import type {
  AccountRow,
  AppPasswordRow,
  ExportedRow,
  ImportedRow,
  ImportRequest,
} from './account-operations.ts';
import { suspensionSchema } from './sending-schemas.ts';

/** Each may have to be hashed, and the answer must come before the client gives up. */
export const importRowsMax = 50;

const count = z.number().int().nonnegative();
const quota = count.max(Number.MAX_SAFE_INTEGER);
const address = z.string().min(3).max(320);
const password = z.string().min(8, 'A password has at least 8 characters.').max(1024);
const state = z.enum(['active', 'suspended']);
const scope = z.enum(['imap', 'pop3', 'submission', 'web', 'all']);

const accountRow = {
  address: z.string(),
  state,
  quotaBytes: count.exactOptional(),
  quotaMessages: count.exactOptional(),
  usageBytes: count,
  usageMessages: count.exactOptional(),
  suspension: suspensionSchema.exactOptional(),
  sendLimits: z
    .object({ recipientsPerHour: count.exactOptional(), recipientsPerDay: count.exactOptional() })
    .exactOptional(),
  lastLoginAtMs: z.number().exactOptional(),
  junk: z.literal('inbox').exactOptional(),
  filtering: z.literal('off').exactOptional(),
};
export const accountRowSchema: z.ZodType<AccountRow> = z.object(accountRow);
export const accountRowsSchema = z.array(accountRowSchema);
export const exportedRowsSchema: z.ZodType<readonly ExportedRow[]> = z.array(
  z.object({ ...accountRow, passwordHash: z.string() }),
);
export const aliasRowsSchema = z.array(
  z.object({ address: z.string(), targets: z.array(z.string()) }),
);
export const catchAllRowsSchema = z.array(z.object({ domain: z.string(), target: z.string() }));

export const newAccountSchema = z.strictObject({
  address,
  password,
  quotaBytes: quota.exactOptional(),
  quotaMessages: quota.exactOptional(),
});
/** Exactly what is named is changed; null takes a limit away. */
export const accountChangeSchema = z
  .strictObject({
    password: password.exactOptional(),
    state: state.exactOptional(),
    quotaBytes: quota.nullable().exactOptional(),
    quotaMessages: quota.nullable().exactOptional(),
    junk: z.enum(['folder', 'inbox']).exactOptional(),
    filtering: z.enum(['normal', 'off']).exactOptional(),
  })
  .refine((change) => Object.keys(change).length > 0, { error: 'Name something to change.' });

export const importRequestSchema: z.ZodType<ImportRequest> = z.strictObject({
  rows: z
    .array(
      z.strictObject({
        address: z.string().max(1000),
        // Shorter ones than we would give out are brought along as they are.
        password: z.string().max(2000).exactOptional(),
        passwordHash: z.string().max(2000).exactOptional(),
        state: state.exactOptional(),
        quotaBytes: quota.exactOptional(),
        quotaMessages: quota.exactOptional(),
      }),
    )
    .max(importRowsMax),
  ifThere: z.enum(['keep', 'update']),
  isDryRun: z.boolean(),
});
export const importedRowsSchema: z.ZodType<readonly ImportedRow[]> = z.array(
  z.object({
    address: z.string(),
    kind: z.enum(['added', 'updated', 'unchanged', 'refused']),
    problem: z.string().exactOptional(),
  }),
);

const appPasswordRow = {
  id: z.string(),
  label: z.string(),
  scopes: z.array(scope),
  createdAtMs: z.number(),
  lastUsedAtMs: z.number().exactOptional(),
};
export const appPasswordRowsSchema: z.ZodType<readonly AppPasswordRow[]> = z.array(
  z.object(appPasswordRow),
);
export const madeAppPasswordSchema = z.object({ ...appPasswordRow, secret: z.string() });
export const newAppPasswordSchema = z.strictObject({
  label: z.string().min(1).max(100),
  scopes: z.array(scope).min(1).default(['all']),
});

export const aliasTargetsSchema = z.strictObject({ targets: z.array(address).min(1).max(1000) });
export const catchAllSchema = z.strictObject({ target: address.nullable() });
export const domainQuerySchema = z.strictObject({ domain: z.string().max(255).exactOptional() });
