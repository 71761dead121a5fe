// From hits on lists to an answer: their sum counts, and from `refusePoints` on the mail is not taken.
import type { ListHit } from '@restante/block-lists';
import type { SmtpReply } from '@restante/mail-model';
import type { CheckAnswer } from '../check.ts';

export function hitsAnswer(
  hits: readonly ListHit[],
  refusePoints: number,
  reply: (worst: ListHit) => SmtpReply,
): CheckAnswer {
  const points = hits.reduce((sum, hit) => sum + hit.points, 0);
  const detail = hits
    .map(({ zone, subject, code, meaning }) => `${subject} on ${zone} (${meaning ?? code})`)
    .join(', ');
  const worst = hits.toSorted((a, b) => b.points - a.points)[0];
  if (worst === undefined || refusePoints === 0 || points < refusePoints)
    return { action: 'note', detail, points };
  return { action: 'refuse', detail, points, reply: reply(worst) };
}
