// Calm aligned lines on stderr: one per step, with its seconds. stdout belongs to the product.
//
// A long step shows that it lives by a dot every five seconds, on a terminal and in a log alike.
const column = 18;
const dotEveryMs = 5000;

/** One fact. */
export function say(what, detail) {
  process.stderr.write(`  ${what.padEnd(column)}${detail}\n`);
}

/** Runs a long step under one line; the line ends with how it went. */
export async function step(what, detail, work) {
  const begunMs = Date.now();
  process.stderr.write(`  ${what.padEnd(column)}${detail} `);
  const dots = setInterval(() => process.stderr.write('.'), dotEveryMs);
  try {
    const result = await work();
    process.stderr.write(` ${seconds(begunMs)}\n`);
    return result;
  } catch (failure) {
    process.stderr.write(` failed after ${seconds(begunMs)}\n`);
    throw failure;
  } finally {
    clearInterval(dots);
  }
}

function seconds(begunMs) {
  return `${((Date.now() - begunMs) / 1000).toFixed(1)} s`;
}

/** A trouble whose remedy we know: shown as it is, without a stack, and the end of the run. */
export class Trouble extends Error {
  constructor(message, remedy) {
    super(message);
    this.name = 'Trouble';
    this.remedy = remedy;
  }
}

/** Runs main and turns what it throws into text and an exit code. */
export async function runMain(main) {
  try {
    process.exitCode = await main();
  } catch (failure) {
    if (!(failure instanceof Trouble)) throw failure;
    process.stderr.write(`\n${failure.message}\n`);
    for (const line of failure.remedy) process.stderr.write(`  ${line}\n`);
    process.exitCode = 1;
  }
}
