// What is asked of Redis here. A connection of ioredis is one; it should fail fast and keep nothing for later.
import { withinDeadline } from '@restante/runtime';

export interface RedisCaller {
  call(command: string, ...parameters: (string | number)[]): Promise<unknown>;
}

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
