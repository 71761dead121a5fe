// pnpm fuzz [--seconds N] [--seed S] [--target NAME] [--round R]: hostile input until the time is over or a promise is broken.
//
// Without --target the time is shared by all. A finding prints the line that shows it again; mended, it becomes a test named
// after what it was.
import { parseArgs } from 'node:util';
import { seed as seedOfToday } from '../kit/findings.ts';
import { fuzz, FuzzFinding, targets } from './fuzz.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(seedOfToday) },
    target: { type: 'string', multiple: true },
    round: { type: 'string' },
  },
  args: process.argv.slice(2).filter((word) => word !== '--'),
});
const seed = Number(values.seed);
const wanted = targets.filter(
  ({ name }) => values.target === undefined || values.target.includes(name),
);
if (wanted.length === 0) {
  console.error(`There are: ${targets.map(({ name }) => name).join(' ')}`);
  process.exitCode = 2;
} else {
  console.log(`seed ${seed}`);
  try {
    await fuzz({
      seed,
      targets: wanted,
      durationMs: (Number(values.seconds) * 1000) / wanted.length,
      onProgress: (text) => console.log(text),
      ...(values.round === undefined ? {} : { fromRound: Number(values.round), roundsMax: 1 }),
    });
  } catch (cause) {
    if (!(cause instanceof FuzzFinding)) throw cause;
    console.error(cause);
    process.exitCode = 1;
  }
}
