// The doctor as an operator asks it from outside. A look takes its time: longer than other questions may.
import type { DoctorOperations } from '../doctor-operations.ts';
import { diagnosisSchema } from '../doctor-schemas.ts';
import { ask, askFor, shaped, type Wire } from './ask.ts';

/** The longest `[doctor] budget` there can be, and some. */
const patienceMs = 330_000;

export function doctorOver(wire: Wire): DoctorOperations {
  const path = '/v1/doctor';
  return {
    run: async () =>
      askFor({ ...wire, timeoutMs: patienceMs }, { method: 'POST', path }, diagnosisSchema),
    last: async () => {
      const answer = await ask(wire, { method: 'GET', path, alsoFine: [404] });
      return answer.status === 404 ? undefined : shaped(answer, diagnosisSchema);
    },
  };
}
