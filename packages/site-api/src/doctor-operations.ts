// What the doctor of a site can be asked: look now, or tell what it saw last. Holds no logic; the shapes are those of @restante/doctor.

export interface DoctorFinding {
  readonly check: string;
  readonly subject: string;
  readonly state: 'fine' | 'notice' | 'problem' | 'unknown';
  readonly found: string;
  readonly remedy?: string;
}

export interface DoctorDiagnosis {
  readonly site: string;
  readonly atMs: number;
  readonly findings: readonly DoctorFinding[];
}

export interface DoctorOperations {
  /** Looks now; takes as long as the slowest check may (`[doctor] budget`). */
  run(): Promise<DoctorDiagnosis>;
  /** The last look, by whomever; undefined before the first. */
  last(): Promise<DoctorDiagnosis | undefined> | DoctorDiagnosis | undefined;
}
