// What a machine can know about the style of this house. Each rule has a test of its own, and each message says what to
// do instead. The rules are in test/tidy/; what is excepted, and why, is in test/tidy/exceptions.ts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { counterSeries, gaugeSeries, histogramSeries } from '@restante/metrics';
import * as catalogues from './tidy/catalogues.ts';
import { loosePins, strangersAtTheTop, withoutLicence } from './tidy/manifests.ts';
import * as style from './tidy/names-and-words.ts';
import { backDoors, outside, rowBreaches, rowOf, rows } from './tidy/rows.ts';
import { has, packageNames, read } from './tidy/source-tree.ts';

function none(found: readonly string[], instead: string): void {
  assert.ok(found.length === 0, `${instead}\n${found.map((line) => `  ${line}`).join('\n')}`);
}

test('a package imports only from lower rows', () => {
  none(
    rowBreaches(),
    'Let a node (a higher row) bring the two together, or move the shared noun to mail-model:',
  );
});

test('a package is entered through its front door', () => {
  none(
    backDoors(),
    'Export what others need by name from src/index.ts (doubles from src/testing.ts):',
  );
});

test('every package is in a row, and every row in packages/README.md', () => {
  const known = packageNames().filter((name) => !outside.includes(name));
  none(
    known.filter((name) => rowOf(name) < 0),
    'Give the package a row in test/tidy/rows.ts and in packages/README.md:',
  );
  const map = catalogues.tableRows(catalogues.mapSection('The map'));
  const said = map.map(([row = '', name = '']) => `${row} ${name}`);
  const real = packageNames().map(
    (name) => `${outside.includes(name) ? '-' : rowOf(name)} ${name}`,
  );
  none(
    real.filter((line) => !said.includes(line)),
    'Add to the map in packages/README.md (row and name):',
  );
  none(
    said.filter((line) => !real.includes(line)),
    'Take out of the map in packages/README.md (not on disk, or another row):',
  );
  assert.equal(rows.flat().length, new Set(rows.flat()).size, 'A package stands in one row.');
});

test('names say something', () => {
  none(
    style.emptySayingNames(),
    'Name the file after the one thing it is or does; helpers live beside their only user:',
  );
});

test('file names are kebab-case', () => {
  none(style.notKebabCase(), 'Write lower-case words with hyphens:');
});

test('words that we do not use are not used', () => {
  none(
    style.bannedWords(),
    'Say primary and backup; mend it now or open an issue and write "TODO(#123): ...":',
  );
});

test('no file names a path of the machine it was written on', () => {
  none(style.machinePaths(), 'Take the path from the config, or make it relative:');
});

test('only config reads the environment', () => {
  none(style.environmentReaders(), 'Hand the value in as an option (house style, config):');
});

test('only main.ts ends the process', () => {
  none(style.processEnders(), 'Let the event loop empty, or set process.exitCode in main.ts:');
});

test('no file is longer than 250 lines, no test longer than 400', () => {
  none(
    style.tooLong(),
    'Cut by verb or by purity, or give a reason in test/tidy/exceptions.ts (longFiles):',
  );
  none(style.staleExceptions(), 'Short enough now; take it out of test/tidy/exceptions.ts:');
});

test('no error vanishes in silence', () => {
  none(style.silentCatches(), 'Log it, or say in a comment which promise still holds:');
});

test('every file opens with what it promises', () => {
  none(
    style.withoutHeader(),
    'Begin with 1 to 10 lines of comment: what it owns, promises, never does:',
  );
});

test('exports are named one by one', () => {
  none(style.unnamedExports(), 'Write export { name } from; no export *, no default export:');
});

test('index.ts holds no logic', () => {
  none(
    style.logicInIndex(),
    'Only "export { a, b } from" stands in index.ts; move the rest to a file:',
  );
});

test('every package README has its five headings, in order', () => {
  const wanted = ['Promises', 'Not here', 'Words', 'Reading order', 'Changing it'];
  const wrong = packageNames().filter((name) => {
    const path = `packages/${name}/README.md`;
    if (!has(path)) return true;
    const headings = [...read(path).matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
    return headings.join() !== wanted.join();
  });
  none(wrong, `Write packages/<name>/README.md with the headings ${wanted.join(', ')}:`);
});

test('error codes in packages/README.md are those in the code', () => {
  const table = catalogues.tableRows(catalogues.mapSection('Error codes'));
  const said = table.map(
    ([name = '', codes = '']) => `| ${name} | ${codes.split(/[ ,]+/).toSorted().join(', ')} |`,
  );
  const real = [...catalogues.errorCodes()].map(
    ([name, codes]) => `| ${name} | ${codes.join(', ')} |`,
  );
  none(
    real.filter((line) => !said.includes(line)),
    'Write these rows (with backticks around each code) into packages/README.md, Error codes:',
  );
  none(
    said.filter((line) => !real.includes(line)),
    'Take these rows out of packages/README.md, Error codes:',
  );
});

test('every event is counted by metrics or named as being for the log only', () => {
  const recorded = catalogues.recordedEvents();
  none(
    catalogues.eventNames().filter((name) => !recorded.includes(name)),
    'Decide about the event in packages/metrics/src/record-event.ts:',
  );
});

test('every RFC that is cited is listed in packages/STANDARDS.md', () => {
  const listed = catalogues.listedRfcs();
  const cited = catalogues.citedRfcs(['packages', 'test', 'deploy']);
  none(
    [...cited]
      .filter(([number]) => !listed.has(number))
      .map(([number, path]) => `RFC ${number} (${path})`),
    'Add a row with yes, partial or no to packages/STANDARDS.md:',
  );
});

test('every RFC that we say we follow is cited at the line that obeys it', () => {
  const cited = catalogues.citedRfcs(packageNames().map((name) => `packages/${name}/src`));
  const followed = [...catalogues.listedRfcs()].filter(([, state]) => /^(yes|partial)/.test(state));
  none(
    followed.filter(([number]) => !cited.has(number)).map(([number]) => `RFC ${number}`),
    'Cite it in the code that obeys it, or say "no" in packages/STANDARDS.md:',
  );
});

test('alerts and dashboards ask only for series that exist', () => {
  const plain = [
    ...Object.values(counterSeries).map(({ name }) => name),
    ...Object.keys(gaugeSeries),
  ];
  const timed = Object.values(histogramSeries).flatMap(({ name }) =>
    ['', '_bucket', '_sum', '_count'].map((end) => name + end),
  );
  const served = new Set([...plain, ...timed, ...processSeries()]);
  none(
    catalogues
      .askedSeries()
      .filter(({ series }) => !served.has(series))
      .map(({ series, path }) => `${path}: ${series}`),
    'See packages/metrics/README.md for what there is:',
  );
});

/** The series that come from prom-client, as README.md of metrics lists them (a test of its own compares). */
function processSeries(): readonly string[] {
  const listed = read('packages/metrics/README.md').matchAll(/`(restante_[a-z0-9_]+)`/g);
  return [...listed].map(([, name = '']) => name);
}

test('dependencies are pinned to one version', () => {
  none(loosePins(), 'Write the exact version (workspace:* for our own):');
});

test('every manifest names the licence', () => {
  none(withoutLicence(), 'Add "license": "MIT" to:');
});

test('the top level holds only what the design names', () => {
  none(strangersAtTheTop(), 'Put it beside the thing it belongs to (packages, deploy, test):');
});

test('no fixture is unused', () => {
  none(catalogues.unusedFixtures(), 'Take it out, or write the test it was made for:');
});
