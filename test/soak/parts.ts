// What the soak is made of: the stories of test/scenarios and the crash tests of the packages, with the full counts that the product
// promises instead of the reduced ones of `npm test`.
import { fileURLToPath } from 'node:url';

export interface Part {
  readonly name: string;
  readonly title: string;
  /** Test files, or one script, relative to the repository. */
  readonly files: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The whole part, this often. */
  readonly times?: number;
  /** A script of its own instead of tests. */
  readonly script?: readonly string[];
  readonly maxMinutes: number;
}

export const root = fileURLToPath(new URL('../..', import.meta.url));

const scenario = (name: string) => `test/scenarios/${name}.test.ts`;

export const parts: readonly Part[] = [
  {
    name: 'kills',
    title: '200 kills of nodes and Redis at random instants under load',
    files: [scenario('kill-nine-anything-loses-nothing')],
    env: { RESTANTE_KILLS: '200' },
    maxMinutes: 30,
  },
  {
    name: 'cuts',
    title:
      '100 power cuts each: after the 250, during Maildir delivery, Postfix as control, and inside the packages',
    files: [
      scenario('power-cut-after-250'),
      'packages/spool/test/power-cut.disk.test.ts',
      'packages/mailbox-store/test/power-cut.disk.test.ts',
    ],
    env: { RESTANTE_CUTS: '100' },
    maxMinutes: 20,
  },
  {
    name: 'backlog',
    title: '100,000 letters held, kill -9, start',
    files: [scenario('restart-with-a-backlog')],
    env: { RESTANTE_BACKLOG: '100000' },
    maxMinutes: 20,
  },
  {
    name: 'faults',
    title: 'the disk fails at every call number of an accept; full disks',
    files: [
      scenario('a-failing-disk-costs-no-mail'),
      'packages/spool/test/faults.disk.test.ts',
      'packages/mailbox-store/test/sync-failure.disk.test.ts',
    ],
    env: { RESTANTE_FAULTS_EACH: '1000' },
    maxMinutes: 20,
  },
  {
    name: 'postfix',
    title: 'Postfix as the stranger, 500 letters each way, homes killed in the middle, five times',
    files: [scenario('postfix-falls-back-and-mail-comes-home')],
    env: { RESTANTE_LETTERS: '500' },
    times: 5,
    maxMinutes: 30,
  },
  {
    name: 'link',
    title:
      'the line between the sites cut 200 times anywhere, 80 times just before the reply; a home that flaps for a minute',
    files: [scenario('the-link-is-weather')],
    env: {
      RESTANTE_LETTERS: '1000',
      RESTANTE_CUTS: '200',
      RESTANTE_LOST_REPLIES: '80',
      RESTANTE_FLAPPING_SECONDS: '60',
    },
    maxMinutes: 20,
  },
  {
    name: 'redis',
    title: 'Redis lost, flushed, wiped, wrongly configured; three times',
    files: [scenario('redis-lost-mail-is-not')],
    times: 3,
    maxMinutes: 20,
  },
  {
    name: 'homes',
    title: 'half-alive homes, replies nobody read; three times',
    files: [scenario('half-alive-homes'), scenario('a-lost-250-is-not-a-second-letter')],
    times: 3,
    maxMinutes: 20,
  },
  {
    name: 'slow',
    title: '1,000 slow clients until the last deadline has ended the last of them',
    files: [scenario('slow-clients-slow-nobody')],
    env: { RESTANTE_PATIENT: '1' },
    maxMinutes: 10,
  },
  {
    name: 'outage',
    title: 'an outage longer than the lifetime',
    files: [scenario('an-outage-never-expires-mail')],
    maxMinutes: 10,
  },
  {
    name: 'fuzz',
    title: 'five minutes of hostile input',
    files: [],
    script: ['test/fuzz/run.ts', '--seconds', '300'],
    maxMinutes: 15,
  },
];
