// Something that is fed hostile input. One round is one input; it throws when a promise was broken.
export interface Target {
  readonly name: string;
  open(): Promise<OpenTarget>;
}

export interface OpenTarget extends AsyncDisposable {
  /** The chance is the round's own: the same seed and round make the same input again. */
  round(random: Random): Promise<void>;
}

export type Random = () => number;

/** 0 to below the limit. */
export function below(random: Random, limit: number): number {
  return Math.floor(random() * limit);
}

export function oneOf<T>(random: Random, choices: readonly [T, ...T[]]): T {
  return choices[below(random, choices.length)] ?? choices[0];
}

export function randomBytes(random: Random, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => below(random, 256)));
}

/** A few of: a flipped bit, a byte of chance, a piece cut out, a piece doubled, a piece of chance put in. */
export function mutate(random: Random, bytes: Buffer, timesMax = 4): Buffer {
  let changed = Buffer.from(bytes);
  for (let times = 1 + below(random, timesMax); times > 0; times -= 1) {
    const at = below(random, Math.max(1, changed.length));
    const length = 1 + below(random, 40);
    const [before, after] = [changed.subarray(0, at), changed.subarray(at)];
    switch (below(random, 5)) {
      case 0:
        if (changed.length > 0) changed[at] = (changed[at] ?? 0) ^ (1 << below(random, 8));
        break;
      case 1:
        if (changed.length > 0) changed[at] = below(random, 256);
        break;
      case 2:
        changed = Buffer.concat([before, after.subarray(length)]);
        break;
      case 3:
        changed = Buffer.concat([before, after.subarray(0, length), after]);
        break;
      default:
        changed = Buffer.concat([before, randomBytes(random, length), after]);
    }
  }
  return changed;
}
