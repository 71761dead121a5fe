// The bootstrap stands between a shell and the product; nobody may notice. Starts processes, so it is not a unit test.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';

const childModule = new URL('../src/child.mjs', import.meta.url).href;
const planModule = new URL('../src/test-plan.mjs', import.meta.url).href;
const sayModule = new URL('../src/say.mjs', import.meta.url).href;

/** A script that runs another Node in its place. */
function becoming(inner: string): readonly string[] {
  const outer = `
    import { become } from ${JSON.stringify(childModule)};
    process.exitCode = await become(process.execPath, ['-e', ${JSON.stringify(inner)}]);`;
  return ['--input-type=module', '-e', outer];
}

test('the exit code of the product is the exit code of the command', () => {
  const { status, stdout } = spawnSync(
    process.execPath,
    becoming('console.log("ready"); process.exit(3)'),
    { encoding: 'utf8' },
  );
  assert.equal(status, 3);
  assert.equal(stdout, 'ready\n');
});

test('SIGTERM reaches the product, which ends in its own way', async () => {
  const inner = `
    process.on('SIGTERM', () => { console.log('stopped'); process.exit(0); });
    setInterval(() => undefined, 1000);
    console.log('ready');`;
  const child = spawn(process.execPath, becoming(inner), { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  for await (const chunk of child.stdout.setEncoding('utf8') as AsyncIterable<string>) {
    output += chunk;
    if (chunk.includes('ready')) child.kill('SIGTERM');
  }
  if (child.exitCode === null) await once(child, 'exit');
  assert.equal(output, 'ready\nstopped\n');
  assert.equal(child.exitCode, 0);
});

test('a product that dies of a signal looks so from outside', () => {
  const inner = 'process.kill(process.pid, "SIGKILL")';
  const { signal } = spawnSync(process.execPath, becoming(inner));
  assert.equal(signal, 'SIGKILL');
});

test('a trouble with a known remedy is shown without a stack, on stderr, with exit code 1', () => {
  const script = `
    import { runMain, Trouble } from ${JSON.stringify(sayModule)};
    await runMain(() => { throw new Trouble('Redis is missing.', ['apt-get install redis-server']); });`;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', script],
    { encoding: 'utf8' },
  );
  assert.equal(status, 1);
  assert.equal(stdout, '');
  assert.equal(stderr, '\nRedis is missing.\n  apt-get install redis-server\n');
});

test('long and hungry tests run only when they are named, those about time run alone and last', () => {
  const script = `
    import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
    import { tmpdir } from 'node:os';
    import { planTests } from ${JSON.stringify(planModule)};
    const root = mkdtempSync(tmpdir() + '/plan-');
    for (const file of ['packages/spool/src/a.test.ts', 'packages/spool/test/b.test.ts', 'test/tidy.test.ts',
      'test/scenarios/c.test.ts', 'test/scenarios/power-cut.test.ts', 'test/fuzz/d.test.ts', 'test/kit/e.ts']) {
      mkdirSync(root + '/' + file.slice(0, file.lastIndexOf('/')), { recursive: true });
      writeFileSync(root + '/' + file, '');
    }
    const files = (...names) => planTests(root, names).map((phase) => phase.files);
    console.log(JSON.stringify([files(), files('test/fuzz'), files('packages/spool')]));
    rmSync(root, { recursive: true });`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
  });
  assert.equal(stderr, '');
  assert.deepEqual(JSON.parse(stdout), [
    [
      ['packages/spool/src/a.test.ts'],
      ['packages/spool/test/b.test.ts'],
      ['test/tidy.test.ts'],
      ['test/scenarios/c.test.ts'],
      ['test/scenarios/power-cut.test.ts'],
    ],
    [['test/fuzz/d.test.ts']],
    [['packages/spool/src/a.test.ts'], ['packages/spool/test/b.test.ts']],
  ]);
});
