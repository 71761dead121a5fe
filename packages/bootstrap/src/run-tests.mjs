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
  const events = run({
    cwd: root,
    files: phase.files.map((file) => path.join(root, file)),
    concurrency: phase.concurrency,
    timeout: phase.fileMaxMs,
    argv: flags,
    execArgv: ['--conditions=source', `--test-timeout=${phase.testMaxMs}`],
  });
  for await (const event of events) report.take(event);
}
process.exitCode = report.end() ? 0 : 1;
