// A mail program (or a computer's name) the account has never sent with.
import type { Signal } from './signal.ts';

const pointsEach = 10;
const pointsMax = 20;

export const newProgram: Signal = {
  name: 'new-program',
  judge({ usual: { isLearned, newPrograms } }) {
    if (!isLearned || newPrograms === 0) return undefined;
    return {
      points: Math.min(pointsMax, newPrograms * pointsEach),
      says: `${newPrograms} mail program(s) within a day that it never used before`,
    };
  },
};
