// The locked packages, Node itself among them, without touching the system: pnpm lives in .cache/tools, everything else in
// node_modules.
//
// Promise: when nothing changed since the last install, nothing is fetched and no network is needed.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { runQuietly } from './child.mjs';
import { step, Trouble } from './say.mjs';

const pnpmVersion = '12.21.0';
const nodeMajorMin = 26;
/** What pnpm needs of npm's environment; the rest would be read as settings. */
const npmSettingsKept = /^npm_config_(registry|cache|userconfig|(https?_)?proxy|noproxy|cafile)$/i;

/** Makes node_modules what the lock file says. */
export async function installPackages(root) {
  const stampFile = path.join(root, 'node_modules', '.restante-stamp');
  const stamp = stampOf(root);
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;

  const pnpm = await providePnpm(root);
  await step('packages', 'installing what the lock file says', async () => {
    const args = ['install', '--frozen-lockfile', '--reporter=append-only'];
    // CI: ask nothing, and replace a node_modules that somebody else made.
    const env = { ...quietEnvironment(), CI: 'true' };
    const { code, output } = await runQuietly(process.execPath, [pnpm, ...args], {
      cwd: root,
      env,
    });
    if (code !== 0) {
      throw new Trouble(`pnpm install ended with ${code}:\n${lastLines(output)}`, [
        'Without network on a first run? Connect once; later runs need none.',
        `By hand: ${path.relative(process.cwd(), pnpm)} ${args.join(' ')}`,
      ]);
    }
  });
  writeFileSync(stampFile, stamp);
}

/** The Node the product runs on: ours from node_modules, or the system's when that is new enough. */
export async function findNode(root) {
  const ours = path.join(root, 'node_modules', '.bin', 'node');
  for (const candidate of [ours, process.execPath]) {
    const { code, output } = await runQuietly(candidate, ['--version']);
    if (code === 0 && Number(/^v(\d+)\./.exec(output.trim())?.[1]) >= nodeMajorMin)
      return candidate;
  }
  throw new Trouble(
    `There is no Node ${nodeMajorMin} from npm for ${process.platform} ${process.arch} with this C library.`,
    [`Install Node >= ${nodeMajorMin} yourself, then run the same command again.`],
  );
}

/** pnpm's starter script; fetched with npm when it is not there in exactly our version. */
async function providePnpm(root) {
  const tools = path.join(root, '.cache', 'tools');
  const home = path.join(tools, 'node_modules', 'pnpm');
  if (!isVersion(home, pnpmVersion)) {
    mkdirSync(tools, { recursive: true });
    await step('package manager', `fetching pnpm ${pnpmVersion} into .cache/tools`, async () => {
      // No scripts: the starter finds pnpm's program by itself.
      const args = ['install', '--prefix', tools, '--no-save', '--ignore-scripts', '--no-audit'];
      const { code, output } = await runNpm([...args, '--no-fund', `pnpm@${pnpmVersion}`], tools);
      if (code !== 0 || !isVersion(home, pnpmVersion)) {
        throw new Trouble(`npm ended with ${code}:\n${lastLines(output)}`, [
          'Is there a network, and does npm reach its registry?',
          `By hand: npm install --prefix .cache/tools --ignore-scripts pnpm@${pnpmVersion}`,
        ]);
      }
    });
  }
  return path.join(home, 'bin', 'pnpm.mjs');
}

function runNpm(args, cwd) {
  const options = { cwd, env: quietEnvironment() };
  // Under "npm start" we know which npm it was; by hand it is the one on the path.
  const script = process.env.npm_execpath;
  const isScript = script !== undefined && /npm-cli\.c?js$/.test(script);
  return isScript
    ? runQuietly(process.execPath, [script, ...args], options)
    : runQuietly('npm', args, options);
}

/** Our environment without what the npm around us says to its own children. */
function quietEnvironment() {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^npm_/i.test(name) || npmSettingsKept.test(name),
  );
  return Object.fromEntries(kept);
}

/** A hash of everything that decides what an install makes. */
function stampOf(root) {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}\n`);
  const packagesDir = path.join(root, 'packages');
  const manifests = readdirSync(packagesDir).map((name) => `packages/${name}/package.json`);
  const files = ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', 'test/package.json'];
  for (const file of [...files, ...manifests.toSorted()]) {
    const full = path.join(root, file);
    if (existsSync(full)) hash.update(`${file}\n`).update(readFileSync(full));
  }
  return `${hash.digest('hex')}\n`;
}

function isVersion(home, version) {
  const manifest = path.join(home, 'package.json');
  return existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).version === version;
}

/** The end of what a failed program said, set in. */
function lastLines(output) {
  const lines = output.trimEnd().split('\n').slice(-15);
  return lines.map((line) => `    ${line}`).join('\n');
}
