// How a test run looks: one line per file as it ends, every failure in full at the end, skipped tests by name with the
// reason, and the counts alone on the last line.
import path from 'node:path';
import { inspect } from 'node:util';

const outputKeptChars = 16_000;
const slowTestMs = 5000;
const overdue = 'The file did not end in time: a test hangs, or something it opened is still open.';

export function createTestReport(root) {
  const begunMs = Date.now();
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const failures = [];
  const skips = [];
  const outputs = new Map();
  let phase = { title: '' };

  const write = (line = '') => process.stdout.write(`${line}\n`);
  const short = (file) => path.relative(root, file);

  const takers = {
    'test:stdout': keepOutput,
    'test:stderr': keepOutput,
    'test:pass': (file, data) => {
      if (data.details.type === 'suite') return;
      const skipped = data.skip ?? data.todo;
      if (skipped === undefined || skipped === false) counts.passed += 1;
      else {
        counts.skipped += 1;
        skips.push({ name: data.name, file, reason: skipped === true ? '' : skipped });
      }
      showTest(file, data, 'ok');
    },
    'test:fail': (file, data) => {
      const { error, type } = data.details;
      // A parent fails with its children; they say why.
      if (error?.failureType === 'subtestsFailed') return;
      if (type === 'suite' && error?.failureType !== 'hookFailed') return;
      // "todo" is a test that may fail.
      if (data.todo !== undefined && data.todo !== false) return;
      counts.failed += 1;
      failures.push({ name: data.name, file, error });
      showTest(file, data, 'FAILED');
    },
    'test:summary': (file, { file: ofOneFile, counts: inFile, duration_ms: durationMs }) => {
      // There is one for the file and one for the whole run; they are the same run, and only the latter always comes.
      if (ofOneFile !== undefined) return;
      const isGood = inFile.failed + inFile.cancelled === 0;
      const skipped = inFile.skipped > 0 ? `, ${inFile.skipped} skipped` : '';
      const time = `${(durationMs / 1000).toFixed(1)} s`.padStart(8);
      const word = isGood ? 'ok    ' : 'FAILED';
      write(`  ${word}  ${short(file).padEnd(64)} ${time}  ${inFile.tests} tests${skipped}`);
    },
  };

  function keepOutput(file, { message }) {
    outputs.set(file, ((outputs.get(file) ?? '') + message).slice(-outputKeptChars));
  }

  function showTest(file, data, word) {
    const ms = data.details.duration_ms;
    if (data.nesting > 0 || data.name === file) return;
    if (!phase.showsEachTest && ms < slowTestMs) return;
    const time = `${(ms / 1000).toFixed(1)} s`.padStart(8);
    write(`          ${time}  ${data.skip === undefined ? word : 'skipped'}  ${data.name}`);
  }

  return {
    beginPhase(next) {
      phase = next;
      write();
      write(`${next.title}: ${next.files.length} files`);
    },
    take(file, { type, data }) {
      takers[type]?.(file, data);
    },
    /** Prints what is left to say; true when nothing failed. */
    end() {
      writeSkips(write, skips, short);
      writeFailures(write, failures, { outputs, short });
      const { passed, failed, skipped } = counts;
      write();
      write(`took ${((Date.now() - begunMs) / 1000).toFixed(0)} s`);
      write(`${passed} passed, ${failed} failed, ${skipped} skipped`);
      return failed === 0 && passed > 0;
    },
  };
}

/** An assertion says everything in its message; of other errors the details matter too. */
function asText(cause) {
  if (typeof cause === 'string') return cause;
  return cause?.code === 'ERR_ASSERTION' ? cause.stack : inspect(cause, { depth: 6 });
}

function writeSkips(write, skips, short) {
  if (skips.length === 0) return;
  write();
  write('skipped:');
  for (const { name, file, reason } of skips) {
    write(`  ${name}`);
    write(`      ${short(file)}: ${reason === '' ? 'no reason given' : reason}`);
  }
}

function writeFailures(write, failures, { outputs, short }) {
  for (const [at, { name, file, error }] of failures.entries()) {
    write();
    write(`failure ${at + 1} of ${failures.length}: ${name === file ? short(file) : name}`);
    write(`  ${short(file)}`);
    const cause = error?.cause ?? error;
    const isOverdue = error?.failureType === 'testAborted' && name === file;
    const text = isOverdue ? overdue : asText(cause);
    for (const line of text.split('\n')) write(`  ${line}`);
  }
  for (const file of new Set(failures.map((failure) => failure.file))) {
    if (!outputs.has(file)) continue;
    write();
    write(`output of ${short(file)} (its end):`);
    for (const line of outputs.get(file).trimEnd().split('\n')) write(`  ${line}`);
  }
}
