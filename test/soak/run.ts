// pnpm soak [part ...]: the promises of the product with their full counts, one after the other; takes about an hour.
//
// Shows how far it is, and leaves what was found in last-result.json and last-result.md: date, machine, seeds, counts, lost, twice, times,
// and what could not be tried here. A run of some parts replaces the results of those parts only; each carries its own date.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, release, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { run } from 'node:test';
import { parts, root, type Part } from './parts.ts';
import { asMarkdown } from './as-markdown.ts';
import type { Machine, PartResult, SoakResult, TestResult } from './soak-result.ts';

const resultPath = join(root, 'test/soak/last-result.json');
const markdownPath = join(root, 'test/soak/last-result.md');
const heartbeatMs = 30_000;

const names = process.argv.slice(2).filter((word) => word !== '--');
const unknown = names.filter((name) => !parts.some((part) => part.name === name));
if (unknown.length > 0) {
  console.error(
    `There is no part ${unknown.join(', ')}. There are: ${parts.map(({ name }) => name).join(' ')}`,
  );
  process.exitCode = 2;
} else {
  const wanted = parts.filter(({ name }) => names.length === 0 || names.includes(name));
  process.exitCode = (await soak(wanted)) ? 0 : 1;
}

async function soak(wanted: readonly Part[]): Promise<boolean> {
  let isFine = true;
  for (const [index, part] of wanted.entries()) {
    console.log(`\n[${index + 1}/${wanted.length}] ${part.name}: ${part.title}`);
    const result = await runPart(part);
    remember(result);
    console.log(`    ${result.outcome} in ${Math.round(result.durationMs / 1000)} s`);
    if (result.outcome === 'failed') isFine = false;
  }
  console.log(`\nWritten to ${markdownPath}`);
  return isFine;
}

async function runPart(part: Part): Promise<PartResult> {
  const dir = mkdtempSync(join(tmpdir(), 'restante-soak-'));
  const findingsPath = join(dir, 'findings');
  writeFileSync(findingsPath, '');
  const startedMs = performance.now();
  const startedAt = new Date().toISOString();
  const heart = setInterval(
    () => console.log(`    ... ${Math.round((performance.now() - startedMs) / 1000)} s`),
    heartbeatMs,
  );
  const before = { ...process.env };
  Object.assign(process.env, part.env, { RESTANTE_FINDINGS: findingsPath });
  const tests: TestResult[] = [];
  try {
    for (let nth = 0; nth < (part.times ?? 1); nth += 1) {
      if (part.script === undefined)
        for (const file of part.files) tests.push(...(await runFile(part, file)));
      else tests.push(await runScript(part, part.script));
    }
    const text = readFileSync(findingsPath, 'utf8').trim();
    const findings =
      text === ''
        ? []
        : text.split('\n').map((line) => JSON.parse(line) as PartResult['findings'][number]);
    return {
      name: part.name,
      title: part.title,
      startedAt,
      revision: revision(),
      machine: machine(),
      outcome: outcomeOf(tests),
      durationMs: performance.now() - startedMs,
      settings: part.env ?? {},
      tests,
      findings,
    };
  } finally {
    clearInterval(heart);
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Its tests, the ones that hold others left out. */
async function runFile(part: Part, file: string): Promise<readonly TestResult[]> {
  const results: TestResult[] = [];
  const events = run({
    cwd: root,
    files: [join(root, file)],
    concurrency: 1,
    timeout: part.maxMinutes * 60_000,
    execArgv: ['--conditions=source'],
  });
  for await (const { type, data } of events) {
    if (type === 'test:stdout') process.stdout.write(data.message.replaceAll(/^(?=.)/gm, '    '));
    if (type === 'test:diagnostic' && data.nesting > 0) console.log(`    ${data.message}`);
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    // The file itself is a test to the runner; it is only of interest when it failed on its own.
    if (data.file !== undefined && data.name === join(root, file) && type === 'test:pass') continue;
    const { skip } = data;
    const outcome =
      skip === undefined || skip === false
        ? type === 'test:pass'
          ? 'passed'
          : 'failed'
        : 'skipped';
    const why =
      typeof skip === 'string'
        ? skip
        : type === 'test:fail'
          ? String(data.details.error.cause ?? data.details.error)
          : undefined;
    console.log(
      `    ${outcome} ${data.name} (${Math.round(data.details.duration_ms)} ms)${why === undefined ? '' : `\n        ${why}`}`,
    );
    results.push({
      name: data.name,
      outcome,
      durationMs: data.details.duration_ms,
      ...(why === undefined ? {} : { why }),
    });
  }
  return results;
}

async function runScript(
  part: Part,
  [script = '', ...args]: readonly string[],
): Promise<TestResult> {
  const startedMs = performance.now();
  const child = spawn(process.execPath, ['--conditions=source', join(root, script), ...args], {
    cwd: root,
    stdio: 'inherit',
    timeout: part.maxMinutes * 60_000,
  });
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  return {
    name: part.title,
    outcome: code === 0 ? 'passed' : 'failed',
    durationMs: performance.now() - startedMs,
    ...(code === 0 ? {} : { why: `ended with ${code}` }),
  };
}

function outcomeOf(tests: readonly TestResult[]): PartResult['outcome'] {
  if (tests.length === 0 || tests.some(({ outcome }) => outcome === 'failed')) return 'failed';
  return tests.every(({ outcome }) => outcome === 'skipped') ? 'skipped' : 'passed';
}

/** Kept after every part, so that an hour is not lost with the last minute. */
function remember(result: PartResult): void {
  const byName = new Map(readLast().parts.map((part) => [part.name, part]));
  byName.set(result.name, result);
  const kept = parts.flatMap(({ name }) => byName.get(name) ?? []);
  const notTried = parts.filter(({ name }) => !byName.has(name)).map(({ name }) => name);
  const soaked: SoakResult = { notTried, parts: kept };
  writeFileSync(resultPath, `${JSON.stringify(soaked, undefined, 2)}\n`);
  writeFileSync(markdownPath, asMarkdown(soaked));
}

function readLast(): SoakResult {
  try {
    return JSON.parse(readFileSync(resultPath, 'utf8')) as SoakResult;
  } catch {
    return { notTried: [], parts: [] }; // The first run.
  }
}

function machine(): Machine {
  return {
    cpus: cpus().length,
    model: cpus()[0]?.model.trim() ?? 'unknown',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.version,
  };
}

function revision(): string {
  const git = (...args: readonly string[]) =>
    execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
  try {
    return `${git('rev-parse', '--short', 'HEAD')}${git('status', '--porcelain', '-uno', '--', 'packages', 'test') === '' ? '' : ' with changes'}`;
  } catch {
    return 'unknown'; // Not a checkout.
  }
}
