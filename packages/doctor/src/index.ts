// The public face of @restante/doctor.
export type { Diagnosis, Finding } from './doctor.ts';
