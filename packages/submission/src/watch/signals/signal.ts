// What a signal is: one question about how an account sends, answered with points and a sentence, or not at all. Pure.
import type { Finding, WatchSettings } from '../sending-watch.ts';
import type { WindowSums } from '../windows/windows.ts';

/** All a signal may look at. */
export interface Picture {
  readonly settings: WatchSettings;
  /** Within the window. */
  readonly sums: WindowSums;
  readonly usual: Usual;
}

export interface Usual {
  /** Old enough for anything to be unusual. */
  readonly isLearned: boolean;
  /** First used within a day. */
  readonly newNetworks: number;
  readonly newPrograms: number;
  readonly recipientsToday: number;
  readonly freshToday: number;
  /** Most recipients of a day before today, within five weeks. */
  readonly recipientsOfBestDay: number;
}

export interface Signal {
  readonly name: string;
  judge(picture: Picture): Omit<Finding, 'signal'> | undefined;
}

/** The points of the highest step that is reached; 0 below all. Steps in rising order. */
export function stepsUp(
  value: number,
  steps: readonly (readonly [from: number, points: number])[],
): number {
  let reached = 0;
  for (const [from, points] of steps) if (value >= from) reached = points;
  return reached;
}
