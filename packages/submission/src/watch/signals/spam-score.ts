// A scanner is sure that what it sends is spam.
import { type Signal, stepsUp } from './signal.ts';

export const spamScore: Signal = {
  name: 'spam-score',
  judge({ sums: { spam } }) {
    const points = stepsUp(spam, [
      [1, 40],
      [2, 70],
      [3, 100],
    ]);
    return points === 0 ? undefined : { points, says: `${spam} message(s) that are spam for sure` };
  },
};
