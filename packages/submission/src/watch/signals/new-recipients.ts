// People it has never written to. A newsletter goes to those who had the last one; a thief's list are strangers.
//
// Slow thieves are met by the day: three quiet hours are as good as a busy one.
import { type Signal, stepsUp } from './signal.ts';

const shareMin = 0.6;
const hoursOfABusyDay = 3;

export const newRecipients: Signal = {
  name: 'new-recipients',
  judge({ sums, usual, settings: { newRecipientsMin: min } }) {
    const byWindow = countsFrom(sums.fresh, sums.recipients);
    const byDay = countsFrom(usual.freshToday, usual.recipientsToday) / hoursOfABusyDay;
    const points = stepsUp(Math.max(byWindow, byDay), [
      [min, 20],
      [min * 1.5, 30],
      [min * 2, 40],
      [min * 2.5, 50],
      [min * 3, 60],
    ]);
    if (points === 0) return undefined;
    const [fresh, all, when] =
      byWindow >= byDay
        ? [sums.fresh, sums.recipients, '']
        : [usual.freshToday, usual.recipientsToday, ' today'];
    return { points, says: `${fresh} of ${all} recipients${when} it never wrote to before` };
  },
};

/** Nothing, while most are people it knows. */
function countsFrom(fresh: number, all: number): number {
  return all > 0 && fresh / all >= shareMin ? fresh : 0;
}
