// The shapes of a doctor's findings on the wire: lenient about further keys.
import { z } from 'zod';
import type { DoctorDiagnosis } from './doctor-operations.ts';

export const diagnosisSchema: z.ZodType<DoctorDiagnosis> = z.object({
  site: z.string(),
  atMs: z.number(),
  findings: z.array(
    z.object({
      check: z.string(),
      subject: z.string(),
      state: z.enum(['fine', 'notice', 'problem', 'unknown']),
      found: z.string(),
      remedy: z.string().exactOptional(),
    }),
  ),
});
