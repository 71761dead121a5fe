// How much of what it sends is refused for good: bought lists are full of people who are gone.
import { type Signal, stepsUp } from './signal.ts';

export const bounceShare: Signal = {
  name: 'bounce-share',
  judge({ sums: { rejected, delivered }, settings: { bouncesMin } }) {
    if (rejected < bouncesMin) return undefined;
    const share = rejected / (rejected + delivered);
    const points = stepsUp(share, [
      [0.2, 30],
      [0.4, rejected >= bouncesMin * 3 ? 60 : 50],
    ]);
    if (points === 0) return undefined;
    const percent = Math.round(share * 100);
    return { points, says: `${rejected} recipients refused for good (${percent} %)` };
  },
};
