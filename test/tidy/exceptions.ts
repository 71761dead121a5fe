// Where a rule of the house does not hold, and why. A line here needs a reason that a reviewer would accept; a line
// whose reason has gone fails the test, so the list only shrinks by itself.

/** Files longer than the limit that are better in one piece. */
export const longFiles: Readonly<Record<string, string>> = {};

/** Files that may read the environment. Everybody else is handed what they need. */
export const environmentHomes: Readonly<Record<string, string>> = {
  'packages/config/': 'Secrets may come from the environment; this is the package that reads them.',
  'packages/bootstrap/': 'Runs before there is a config.',
};

/** Files that may end the process. */
export const exitHomes: Readonly<Record<string, string>> = {};

/** Words with a banned meaning elsewhere that are somebody else's names here. */
export const foreignWords: Readonly<Record<string, string>> = {
  'packages/retry-queue/': 'The words of Redis Sentinel and of the ioredis interface.',
  'test/tidy/': 'Names the words in order to ban them.',
  'test/tidy.test.ts': 'Names the words in order to ban them.',
};
