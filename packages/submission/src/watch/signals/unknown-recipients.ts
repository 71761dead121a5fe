// Names in our own domains that nobody has: somebody tries them one after the other.
import { type Signal, stepsUp } from './signal.ts';

export const unknownRecipients: Signal = {
  name: 'unknown-recipients',
  judge({ sums: { unknown } }) {
    const points = stepsUp(unknown, [
      [10, 20],
      [25, 40],
      [50, 60],
    ]);
    return points === 0
      ? undefined
      : { points, says: `${unknown} recipients in our own domains that do not exist` };
  },
};
