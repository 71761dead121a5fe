// `pnpm generate`: writes what is generated from the schemas into the tree. The check runs it again and fails on a difference.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { exampleClusterFile } from './site-parts.ts';

const target = join(import.meta.dirname, '..', '..', '..', 'deploy', 'restante.example.toml');

await mkdir(dirname(target), { recursive: true });
await writeFile(target, await exampleClusterFile());
