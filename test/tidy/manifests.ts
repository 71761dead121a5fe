// package.json files: exact versions, and what stands at the top of the repository.
import { names, packageNames, read } from './source-tree.ts';

interface Manifest {
  readonly license?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** The design's top level, and files that tools insist on. */
const topLevel = new Set([
  'package.json',
  'pnpm-workspace.yaml',
  'pnpm-lock.yaml',
  'tsconfig.json',
  'docker-compose.yml',
  'packages',
  'deploy',
  'test',
  'README.md',
  'LICENSE',
  'CHANGELOG.md',
]);

function manifestPaths(): readonly string[] {
  const packages = packageNames().map((name) => `packages/${name}/package.json`);
  return ['package.json', 'test/package.json', ...packages];
}

/** Dependencies that are not pinned to one version. */
export function loosePins(): readonly string[] {
  return manifestPaths().flatMap((path) => {
    const manifest = JSON.parse(read(path)) as Manifest;
    const all = {
      ...manifest.dependencies,
      ...manifest.devDependencies,
      ...manifest.optionalDependencies,
    };
    return Object.entries(all)
      .filter(([name, version]) =>
        name.startsWith('@restante/')
          ? version !== 'workspace:*'
          : !/^\d+\.\d+\.\d+$/.test(version),
      )
      .map(([name, version]) => `${path}: ${name} ${version}`);
  });
}

export function withoutLicence(): readonly string[] {
  return manifestPaths().filter((path) => (JSON.parse(read(path)) as Manifest).license !== 'MIT');
}

/** What lies at the top and should not. */
export function strangersAtTheTop(): readonly string[] {
  return names('').filter((name) => !name.startsWith('.') && !topLevel.has(name));
}
