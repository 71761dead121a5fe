// The files of the repository as the rules see them: paths from the root with "/", texts read once.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const notOurs = new Set(['node_modules', 'dist', '.git', '.cache', '.restante']);
const texts = new Map<string, string>();

export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

export function has(path: string): boolean {
  return existsSync(root + path);
}

export function read(path: string): string {
  const known = texts.get(path);
  if (known !== undefined) return known;
  const text = readFileSync(root + path, 'utf8');
  texts.set(path, text);
  return text;
}

/** Names directly in a folder; empty when it is not there. */
export function names(folder: string): readonly string[] {
  return has(folder) ? readdirSync(root + folder).filter((name) => !notOurs.has(name)) : [];
}

/** Paths of all files below a folder, sorted. */
export function below(folder: string): readonly string[] {
  if (!has(folder)) return [];
  return readdirSync(root + folder, { withFileTypes: true })
    .filter((entry) => !notOurs.has(entry.name))
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return below(path);
      return entry.isFile() ? [path] : [];
    })
    .toSorted();
}

/** The packages on disk. */
export function packageNames(): readonly string[] {
  return names('packages').filter((name) => has(`packages/${name}/package.json`));
}

/** Everything we wrote as code: the product, its tests, its bootstrap. */
export function codeFiles(): readonly SourceFile[] {
  return [...below('packages'), ...below('test')]
    .filter((path) => /\.(ts|mjs|js)$/.test(path))
    .map((path) => ({ path, text: read(path) }));
}

/** Everything we wrote that a person reads: code, texts, settings. */
export function textFiles(): readonly SourceFile[] {
  const top = names('').filter((name) => /\.(md|json|yml|yaml)$/.test(name));
  return [...top, ...below('packages'), ...below('test'), ...below('deploy')]
    .filter((path) => /\.(ts|mjs|js|md|json|ya?ml|toml|service|sh|conf)$/.test(path))
    .filter((path) => path !== 'pnpm-lock.yaml' && !path.startsWith('test/fixtures/'))
    .map((path) => ({ path, text: read(path) }));
}

export function isTest(path: string): boolean {
  return (
    path.startsWith('test/') || /^packages\/[^/]+\/test\//.test(path) || path.endsWith('.test.ts')
  );
}

/** Line number of a character, for messages a person can click on. */
export function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}

/** Every match of a pattern in a file, as "path:line: what". */
export function places({ path, text }: SourceFile, pattern: RegExp): readonly string[] {
  return [...text.matchAll(pattern)].map(
    (match) => `${path}:${lineAt(text, match.index)}: ${match[0].trim()}`,
  );
}
