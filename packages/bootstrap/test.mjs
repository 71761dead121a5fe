// npm test: fetch what is missing, then run every test and end with the counts.
//
//   npm test                        everything but test/compose, test/soak, test/bench and test/fuzz
//   npm test -- packages/spool      only what lies there; also brings in those four when named
//   npm test -- --soak              a word with "-" goes to the tests themselves
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { become } from './src/child.mjs';
import { findNode, installPackages } from './src/packages.mjs';
import { programsToTest, providePrograms, systemPath } from './src/programs.mjs';
import { runMain } from './src/say.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(here, '../..');

await runMain(async () => {
  await installPackages(root);
  await providePrograms(programsToTest, { isQuiet: false });
  const node = await findNode(root);
  const tools = path.join(root, 'node_modules', '.bin');
  return become(node, [path.join(here, 'src', 'run-tests.mjs'), ...process.argv.slice(2)], {
    cwd: root,
    env: { ...process.env, PATH: [tools, ...systemPath].join(path.delimiter) },
  });
});
