// Lists that say the same thing twice, in code and in a text: each pair is read from both sides and compared.
import { below, codeFiles, has, packageNames, read } from './source-tree.ts';

/** Error codes per package, from the catalogue in its errors.ts. */
export function errorCodes(): ReadonlyMap<string, readonly string[]> {
  const owners = packageNames().filter((name) => has(`packages/${name}/src/errors.ts`));
  return new Map(owners.map((name) => [name, codesIn(read(`packages/${name}/src/errors.ts`))]));
}

function codesIn(text: string): readonly string[] {
  return [...text.matchAll(/^ {2}([A-Z][A-Z0-9_]+): \{/gm)].map(([, code = '']) => code).toSorted();
}

/** The section of packages/README.md under a heading. */
export function mapSection(heading: string): string {
  const [, after = ''] = read('packages/README.md').split(`\n## ${heading}\n`);
  return after.split('\n## ')[0] ?? '';
}

/** Rows of a Markdown table as cells without backticks; the head and its line are left out. */
export function tableRows(section: string): readonly (readonly string[])[] {
  const lines = section.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.replaceAll('`', '').trim()),
  );
}

/** Names of all events, from the union in mail-model. */
export function eventNames(): readonly string[] {
  const text = read('packages/mail-model/src/events.ts');
  return [...text.matchAll(/readonly name: '([a-z.-]+)'/g)].map(([, name = '']) => name);
}

/** Events that metrics has decided about. */
export function recordedEvents(): readonly string[] {
  const text = read('packages/metrics/src/record-event.ts');
  return [...text.matchAll(/^ {4}'([a-z]+\.[a-z-]+)':/gm)].map(([, name = '']) => name);
}

/** RFC numbers with the first place that cites them, under the folders given. */
export function citedRfcs(folders: readonly string[]): ReadonlyMap<string, string> {
  const cited = new Map<string, string>();
  for (const path of folders.flatMap(below)) {
    if (!/\.(ts|md|ya?ml|toml)$/.test(path) || path === 'packages/STANDARDS.md') continue;
    for (const [, number = ''] of read(path).matchAll(/\bRFC[ -]?(\d{3,5})\b/g)) {
      if (!cited.has(number)) cited.set(number, path);
    }
  }
  return cited;
}

/** RFC number -> yes, partial or no, from packages/STANDARDS.md. */
export function listedRfcs(): ReadonlyMap<string, string> {
  const rows = tableRows(read('packages/STANDARDS.md'));
  return new Map(rows.map(([number = '', , state = '']) => [number, state]));
}

/** Series that rules and dashboards in deploy/ ask for, with the file that does. */
export function askedSeries(): readonly { readonly series: string; readonly path: string }[] {
  return [...below('deploy/alerts'), ...below('deploy/dashboards')].flatMap((path) =>
    [...read(path).matchAll(/\brestante_[a-z0-9_]+/g)].map(([series]) => ({ series, path })),
  );
}

/** Fixtures that no test mentions. */
export function unusedFixtures(): readonly string[] {
  const tests = codeFiles().map(({ text }) => text);
  return below('test/fixtures')
    .filter((path) => !path.endsWith('README.md'))
    .filter((path) => {
      const name = path.slice(path.lastIndexOf('/') + 1);
      return !tests.some((text) => text.includes(name));
    });
}
