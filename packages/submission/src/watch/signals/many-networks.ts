// Many networks at the same time: nobody is in three places within an hour, known or not.
import { type Signal, stepsUp } from './signal.ts';

export const manyNetworks: Signal = {
  name: 'many-networks',
  judge({ sums: { networks } }) {
    const points = stepsUp(networks, [
      [3, 20],
      [5, 40],
      [8, 70],
    ]);
    return points === 0 ? undefined : { points, says: `${networks} networks at the same time` };
  },
};
