// The rows of the design: a package imports only from lower rows, never sideways, never up; only nodes let two
// capabilities meet. packages/README.md says the same in words, and a test compares.
import { codeFiles, isTest, lineAt, type SourceFile } from './source-tree.ts';

export const rows: readonly (readonly string[])[] = [
  ['mail-model', 'runtime'],
  ['config', 'mime', 'sasl'],
  ['dns', 'smtp', 'metrics', 'accounts'],
  [
    'spool',
    'retry-queue',
    'delivery',
    'health',
    'recipients',
    'mailbox-store',
    'sender-auth',
    'dkim',
    'block-lists',
    'scanners',
    'abuse-reports',
    'certificates',
    'transport-security',
    'notices',
  ],
  ['policy', 'site-api', 'relay', 'imap', 'pop3', 'client-settings', 'mailbox-transfer'],
  ['primary-node', 'backup-mx', 'submission', 'doctor'],
  ['site'],
  ['cli', 'web'],
];

/** Packages that are no part of the running product. */
export const outside: readonly string[] = ['bootstrap', 'dev-config'];

/** Capabilities report events and never know who counts them. */
const metricsReadersFrom = 4;

export interface Import {
  readonly path: string;
  readonly line: number;
  readonly from: string;
}

/** The real imports: import, export ... from, import(). Type imports count as well. */
export function importsOf({ path, text }: SourceFile): readonly Import[] {
  const statement =
    /^\s*(?:import|export)\b[^'";]*?from\s*'([^']+)'|^\s*import\s*'([^']+)'|\bimport\(\s*'([^']+)'/gm;
  return [...text.matchAll(statement)].map((match) => ({
    path,
    line: lineAt(text, match.index + match[0].length),
    from: match[1] ?? match[2] ?? match[3] ?? '',
  }));
}

export function rowOf(name: string): number {
  return rows.findIndex((row) => row.includes(name));
}

/** Imports between packages that break the rows, as sentences. */
export function rowBreaches(): readonly string[] {
  return productImports().flatMap(({ path, line, from }) => {
    const owner = packageOf(path);
    const target = /^@restante\/([^/]+)/.exec(from)?.[1];
    if (target === undefined || target === owner) return [];
    const [above, below] = [rowOf(owner), rowOf(target)];
    if (below < 0) return [`${path}:${line}: "${from}" is in no row.`];
    if (below >= above) {
      return [`${path}:${line}: ${owner} (row ${above}) imports ${target} (row ${below}).`];
    }
    if (target === 'metrics' && above < metricsReadersFrom) {
      return [`${path}:${line}: a capability imports metrics; report an event instead.`];
    }
    return [];
  });
}

/** Imports that go round a package's front door. */
export function backDoors(): readonly string[] {
  return productImports().flatMap(({ path, line, from }) => {
    const at = `${path}:${line}: "${from}"`;
    if (/^@restante\/[^/]+\/testing$/.test(from))
      return isTest(path) ? [] : [`${at} outside a test.`];
    if (/^@restante\/[^/]+\/./.test(from)) return [`${at} goes past src/index.ts.`];
    if (from.startsWith('.') && leavesPackage(path, from)) return [`${at} leaves the package.`];
    return [];
  });
}

function productImports(): readonly Import[] {
  return codeFiles()
    .filter(({ path }) => path.startsWith('packages/') && !outside.includes(packageOf(path)))
    .flatMap(importsOf);
}

export function packageOf(path: string): string {
  return path.split('/')[1] ?? '';
}

function leavesPackage(path: string, from: string): boolean {
  const target = new URL(from, `file:///${path}`).pathname.slice(1);
  if (target.startsWith(`packages/${packageOf(path)}/`)) return false;
  // Tests share what starts a Redis or a Postfix.
  return !(isTest(path) && target.startsWith('test/kit/'));
}
