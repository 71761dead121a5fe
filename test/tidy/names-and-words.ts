// Names that say nothing, words we do not use, and habits a machine can see.
import { environmentHomes, exitHomes, foreignWords, longFiles } from './exceptions.ts';
import { codeFiles, isTest, places, textFiles, type SourceFile } from './source-tree.ts';

const linesMax = 250;
/** A test tells a story from its beginning to its count. */
const testLinesMax = 400;
/** Wherever they stand in a name. */
const emptyParts = new Set(['util', 'utils', 'helper', 'helpers', 'common', 'misc', 'manager']);
/** As a whole name; "on-data" is a verb of SMTP and fine. */
const emptyNames = new Set(['data', 'info', 'types', 'interfaces', 'classes']);

export function emptySayingNames(): readonly string[] {
  const paths = codeFiles().map(({ path }) => path);
  return paths.filter((path) =>
    path.split('/').some((part) => {
      const name = part.replace(/(\.[a-z]+)+$/, '');
      return (
        (emptyNames.has(name) && !isTest(path)) ||
        name.split('-').some((piece) => emptyParts.has(piece))
      );
    }),
  );
}

export function notKebabCase(): readonly string[] {
  const paths = codeFiles().map(({ path }) => path);
  return paths.filter((path) => !/\/[a-z0-9]+([.-][a-z0-9]+)*$/.test(path));
}

export function bannedWords(): readonly string[] {
  const ours = textFiles().filter(({ path }) => !isExcepted(path, foreignWords));
  // master.cf is the name of a file of Postfix.
  return ours.flatMap((file) => [
    ...places(file, /\bFIXME\b.*/g),
    ...places(file, /\bTODO\b(?!\(#\d+\): \S).*/g),
    ...places(file, /\b(?:masters?|slaves?)\b(?!\.cf)/gi),
  ]);
}

/** Paths of the machine somebody wrote on. */
export function machinePaths(): readonly string[] {
  return textFiles()
    .filter(({ path }) => !isTest(path))
    .flatMap((file) => places(file, /(?<![\w./:-])\/(?:work|tmp|root|home\/[a-z]+)\/.*/g));
}

export function environmentReaders(): readonly string[] {
  return productFiles(environmentHomes).flatMap((file) => places(file, /\bprocess\.env\b.*/g));
}

export function processEnders(): readonly string[] {
  return productFiles(exitHomes)
    .filter(
      ({ path }) => !/\/(main|run)\.ts$/.test(path) && !path.startsWith('packages/bootstrap/'),
    )
    .flatMap((file) => places(file, /\bprocess\.exit\(.*/g));
}

export function tooLong(): readonly string[] {
  return codeFiles()
    .filter(({ path }) => !isExcepted(path, longFiles))
    .map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
    .filter(({ path, lines }) => lines > (isTest(path) ? testLinesMax : linesMax))
    .map(({ path, lines }) => `${path}: ${lines} lines`);
}

/** Exceptions that are not needed any more. */
export function staleExceptions(): readonly string[] {
  const long = new Map(codeFiles().map(({ path, text }) => [path, text.split('\n').length - 1]));
  return Object.keys(longFiles).filter((path) => (long.get(path) ?? 0) <= linesMax);
}

/** Errors that vanish without a word. */
export function silentCatches(): readonly string[] {
  return codeFiles().flatMap((file) => places(file, /\bcatch\s*(?:\([^)]*\)\s*)?\{\s*\}/g));
}

/** Code files of the product without a sentence on top that says what they are for. */
export function withoutHeader(): readonly string[] {
  return codeFiles()
    .filter(({ path, text }) => !path.endsWith('.test.ts') && text.split('\n').length > 20)
    .filter(({ text }) => !/^(#!.*\n)?(\/\/|\/\*\*)/.test(text))
    .map(({ path }) => path);
}

/** Exports that hide what a package offers. */
export function unnamedExports(): readonly string[] {
  return codeFiles().flatMap((file) => places(file, /^export (?:\*|default\b).*/gm));
}

/** Lines of an index.ts that do something. */
export function logicInIndex(): readonly string[] {
  return codeFiles()
    .filter(({ path }) => /^packages\/[^/]+\/src\/index\.ts$/.test(path))
    .flatMap((file) => places(withoutExports(file), /^(?!\/\/)\S.*/gm));
}

/** Same number of lines, so that the places stay right. */
function withoutExports({ path, text }: SourceFile): SourceFile {
  const blank = (match: string) => match.replaceAll(/[^\n]/g, '');
  const statement = /^export (?:type )?\{[^}]*\}(?: from '[^']+')?;/gm;
  return { path, text: text.replaceAll(/\/\*[\s\S]*?\*\//g, blank).replaceAll(statement, blank) };
}

function productFiles(homes: Readonly<Record<string, string>>): readonly SourceFile[] {
  return codeFiles().filter(({ path }) => !isTest(path) && !isExcepted(path, homes));
}

function isExcepted(path: string, exceptions: Readonly<Record<string, string>>): boolean {
  return Object.keys(exceptions).some(
    (home) => path === home || (home.endsWith('/') && path.startsWith(home)),
  );
}
