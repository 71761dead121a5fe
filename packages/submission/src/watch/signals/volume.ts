// Much more than it ever sent on a day.
import { type Signal, stepsUp } from './signal.ts';

/** Who writes to three people a day may write to a hundred once. */
const bestDayMin = 20;

export const volume: Signal = {
  name: 'volume',
  judge({ usual: { isLearned, recipientsToday, recipientsOfBestDay } }) {
    if (!isLearned) return undefined;
    const points = stepsUp(recipientsToday / Math.max(bestDayMin, recipientsOfBestDay), [
      [5, 20],
      [10, 30],
    ]);
    if (points === 0) return undefined;
    return {
      points,
      says: `${recipientsToday} recipients today, ${recipientsOfBestDay} on its best day before`,
    };
  },
};
