// npm start: fetch what is missing, then be "restante quickstart".
//
// Needs Node >= 20 and npm, nothing else; plain JavaScript without dependencies, because it runs before there are any.
// Says what it does on stderr; stdout is the product's. --quiet: only what takes time is said.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { become } from './src/child.mjs';
import { findNode, installPackages } from './src/packages.mjs';
import { programsToRun, providePrograms, systemPath } from './src/programs.mjs';
import { runMain } from './src/say.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

await runMain(async () => {
  const args = process.argv.slice(2);
  const isQuiet = args.includes('--quiet');
  await installPackages(root);
  await providePrograms(programsToRun, { isQuiet });
  const node = await findNode(root);
  const main = path.join(root, 'packages', 'cli', 'src', 'main.ts');
  return become(node, ['--conditions=source', main, 'quickstart', ...args], {
    env: { ...process.env, PATH: systemPath.join(path.delimiter) },
  });
});
