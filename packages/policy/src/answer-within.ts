// An answer of Redis within a time, or none: nobody waits for it at a door.
import { withinDeadline } from '@restante/runtime';

export type RedisAnswer =
  | { readonly kind: 'answer'; readonly value: unknown }
  | { readonly kind: 'none'; readonly cause: unknown };

/** Never rejects and never waits longer than that; an answer that comes later is thrown away. */
export async function answerWithin(
  asked: Promise<unknown>,
  deadlineMs: number,
): Promise<RedisAnswer> {
  const answer = asked.then(
    (value): RedisAnswer => ({ kind: 'answer', value }),
    (cause: unknown): RedisAnswer => ({ kind: 'none', cause }),
  );
  if (await withinDeadline(answer, deadlineMs)) return answer;
  return { kind: 'none', cause: new Error(`Redis did not answer within ${deadlineMs} ms.`) };
}
