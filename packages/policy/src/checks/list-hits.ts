// From hits on lists to an answer: their sum counts, and from `refusePoints` on the mail is not taken.
import type { ListHit } from '@restante/block-lists';
import { pass, type CheckAnswer } from '../check.ts';
import { refusal } from '../refusal.ts';

export function hitsAnswer(
  hits: readonly ListHit[],
  refusePoints: number,
  /** What is listed, as the stranger is told: "Your address 192.0.2.1". */
  named: (worst: ListHit) => string,
): CheckAnswer {
  const worst = hits.toSorted((a, b) => b.points - a.points)[0];
  if (worst === undefined) return pass;
  const points = hits.reduce((sum, hit) => sum + hit.points, 0);
  const detail = hits
    .map(({ zone, subject, code, meaning }) => `${subject} on ${zone} (${meaning ?? code})`)
    .join(', ');
  if (refusePoints === 0 || points < refusePoints) return { action: 'note', detail, points };
  const where = worst.text === undefined ? '' : ` (${worst.text})`;
  const text = `${named(worst)} is listed by ${worst.zone}; ask there to be removed${where}`;
  return { action: 'refuse', detail, points, reply: refusal(550, '5.7.1', text) };
}
