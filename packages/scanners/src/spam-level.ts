// What the scores together mean at this site. Pure.
//
// spamd and rspamd count alike (about 5 or 6 is spam to both); the one that is surer decides.
import type { Verdict } from '@restante/mail-model';
import type { SpamScore } from './scanners.ts';

export interface SpamLevels {
  readonly likelyScore: number;
  readonly definiteScore: number;
  readonly refuseScore: number;
}

export interface SpamOpinion {
  /** The highest of the scores; undefined when nobody gave one. */
  readonly highest?: SpamScore;
  readonly level?: NonNullable<Verdict['spam']>;
  readonly isRefused: boolean;
}

export function spamLevelOf(scores: readonly SpamScore[], levels: SpamLevels): SpamOpinion {
  const [highest] = scores.toSorted((left, right) => right.score - left.score);
  if (highest === undefined) return { isRefused: false };
  const passes = (level: number) => level > 0 && highest.score >= level;
  const isRefused = passes(levels.refuseScore);
  if (passes(levels.definiteScore)) return { highest, level: 'definite', isRefused };
  if (passes(levels.likelyScore)) return { highest, level: 'likely', isRefused };
  return { highest, isRefused };
}
