// Which test files there are, and in what order they run: the quick and pure first, the whole product last.
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';

const minuteMs = 60_000;

/** Run only when named: they need an engine, hours, a quiet machine, or have no end. */
const onlyWhenNamed = ['test/compose/', 'test/soak/', 'test/bench/', 'test/fuzz/'];

/** These say how long something takes, or leave no room for others: kills, cuts, full disks, floods. Everything else runs in pairs. */
const alone = [
  'a-dead-scanner',
  'a-failing-disk',
  'all-dns-is-dead',
  'delivery-over-an-ocean',
  'delivery-to-postfix',
  'dns-that-fails',
  'half-alive-homes',
  'kill-nine',
  'lists-at-the-door',
  'postfix-falls-back',
  'power-cut',
  'redis-lost',
  'restart-with-a-backlog',
  'slow-clients',
  'ten-seconds-of-hostile-input',
  'ten-thousand-guessed',
  'the-link-is-weather',
];

/** Each file belongs to the first phase that claims it. */
const phases = [
  {
    title: 'units',
    claims: (file) => /^packages\/[^/]+\/src\//.test(file),
    concurrency: 2,
    testMaxMs: 2 * minuteMs,
    fileMaxMs: 5 * minuteMs,
  },
  {
    title: 'with a disk, a socket, a Redis',
    claims: (file) => file.startsWith('packages/'),
    concurrency: 2,
    testMaxMs: 2 * minuteMs,
    fileMaxMs: 5 * minuteMs,
  },
  {
    title: 'the house',
    claims: (file) => /^test\/([^/]+\.test\.ts$|kit\/|conformance\/)/.test(file),
    concurrency: 1,
    testMaxMs: 2 * minuteMs,
    fileMaxMs: 5 * minuteMs,
  },
  {
    title: "scenarios, and other people's programs",
    claims: (file) => !alone.some((name) => file.includes(`/${name}`)),
    concurrency: 2,
    testMaxMs: 10 * minuteMs,
    fileMaxMs: 30 * minuteMs,
    // These take long enough that somebody wants to see each one pass.
    showsEachTest: true,
  },
  {
    title: 'scenarios that want the machine for themselves',
    claims: () => true,
    concurrency: 1,
    testMaxMs: 10 * minuteMs,
    fileMaxMs: 30 * minuteMs,
    showsEachTest: true,
  },
];

/** The phases with their files. `names` are beginnings or parts of paths; none means everything. */
export function planTests(root, names) {
  const wanted = findTests(root).filter((file) => isWanted(file, names));
  const plan = phases.map((phase) => ({ ...phase, files: [] }));
  for (const file of wanted) plan.find((phase) => phase.claims(file)).files.push(file);
  return plan.filter((phase) => phase.files.length > 0);
}

function isWanted(file, names) {
  if (names.length > 0) return names.some((name) => file.includes(name.replace(/^\.\//, '')));
  return !onlyWhenNamed.some((dir) => file.startsWith(dir));
}

function findTests(root) {
  return ['packages', 'test'].flatMap((dir) => walk(root, dir)).toSorted();
}

function walk(root, dir) {
  if (!existsSync(path.join(root, dir))) return [];
  return readdirSync(path.join(root, dir), { withFileTypes: true }).flatMap((entry) => {
    const file = `${dir}/${entry.name}`;
    if (entry.isDirectory()) {
      return ['node_modules', 'dist'].includes(entry.name) ? [] : walk(root, file);
    }
    return entry.name.endsWith('.test.ts') ? [file] : [];
  });
}
