// A network the account has never sent from: a person who travels has one or two of them, a list of open machines has many.
import type { Signal } from './signal.ts';

const pointsEach = 15;
const pointsMax = 45;

export const newNetwork: Signal = {
  name: 'new-network',
  judge({ usual: { isLearned, newNetworks } }) {
    if (!isLearned || newNetworks === 0) return undefined;
    return {
      points: Math.min(pointsMax, newNetworks * pointsEach),
      says: `${newNetworks} network(s) within a day that it never sent from before`,
    };
  },
};
