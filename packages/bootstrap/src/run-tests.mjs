// Runs the phases of the plan with Node's own test runner and shows how they go. Runs on our Node, not on the system's.
//
// Promise: a test that hangs, and a file that does not end because something it opened is still open, both fail.
import path from 'node:path';
import { run } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createTestReport } from './test-report.mjs';
import { planTests } from './test-plan.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
const words = process.argv.slice(2);
const flags = words.filter((word) => word.startsWith('-'));
const names = words.filter((word) => !word.startsWith('-'));

const report = createTestReport(root);
for (const phase of planTests(root, names)) {
  report.beginPhase(phase);
  // One runner a file: only so can a file that does not end be ended alone.
  const waiting = [...phase.files];
  const runSome = async () => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      await runFile(file, phase);
    }
  };
  await Promise.all(Array.from({ length: phase.concurrency }, runSome));
}
process.exitCode = report.end() ? 0 : 1;

async function runFile(file, { testMaxMs, fileMaxMs }) {
  const full = path.join(root, file);
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), fileMaxMs);
  const events = run({
    cwd: root,
    files: [full],
    signal: patience.signal,
    argv: flags,
    execArgv: ['--conditions=source', `--test-timeout=${testMaxMs}`],
  });
  for await (const event of events) report.take(full, event);
  clearTimeout(timer);
}
