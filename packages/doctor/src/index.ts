// The public face of @restante/doctor.
export { doctorSection } from './config.ts';
export { createDoctor } from './create-doctor.ts';
export type { Diagnosis, Doctor, DoctorEvent, Finding } from './doctor.ts';
export type { DoctorDomain, DoctorMirror, DoctorOptions, DoctorSite } from './doctor-options.ts';
