// What counting things asks of a Redis, wherever it is done.

/** A connection of ioredis is one; it should fail fast and keep nothing for later. */
export interface RedisCaller {
  call(command: string, ...parameters: (string | number)[]): Promise<unknown>;
}
