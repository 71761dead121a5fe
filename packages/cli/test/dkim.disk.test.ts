// Keys of our domains by command: made once for all sites here, rotated, carried to another machine.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { run } from './in-process.ts';

const clusterText = `[cluster]
name = "demo"

[[site]]
name = "shanghai"
hostname = "mx.shanghai.example"
dir = "shanghai"

[[site]]
name = "us"
hostname = "mx.us.example"
dir = "us"

[[domain]]
name = "shanghai.example"
home = "shanghai"
backups = ["us"]
`;

async function machine(context: TestContext, sites: readonly string[]): Promise<string[]> {
  const dir = await mkdtemp(join(tmpdir(), 'cli-dkim-'));
  context.after(() => rm(dir, { recursive: true, force: true }));
  for (const site of sites) await mkdir(join(dir, site));
  await writeFile(join(dir, 'restante.toml'), clusterText);
  return ['--config', join(dir, 'restante.toml')];
}

interface Row {
  readonly selector: string;
  readonly state: string;
  readonly site: string;
  readonly record: { readonly name: string; readonly value: string };
}

async function rows(words: readonly string[], at: readonly string[]): Promise<readonly Row[]> {
  const ran = await run(['dkim', ...words, '--json', ...at]);
  assert.equal(ran.exitCode, 0, ran.stderr);
  return JSON.parse(ran.stdout) as readonly Row[];
}

test('make prints the records and gives every site here the same keys; again changes nothing', async (context) => {
  const at = await machine(context, ['shanghai', 'us']);
  const made = await run(['dkim', 'make', 'shanghai.example', ...at]);
  assert.equal(made.exitCode, 0, made.stderr);
  assert.match(
    made.stdout,
    /r\d{8}\._domainkey\.shanghai\.example\. IN TXT \( "v=DKIM1; k=rsa; p=/,
  );
  assert.match(
    made.stdout,
    /e\d{8}\._domainkey\.shanghai\.example\. IN TXT \( "v=DKIM1; k=ed25519; p=/,
  );
  const before = await rows(['show', 'shanghai.example'], at);
  await run(['dkim', 'make', 'shanghai.example', ...at]);
  assert.deepEqual(await rows(['show', 'shanghai.example'], at), before);
  assert.deepEqual(
    (await rows(['list'], at)).map(({ site, state }) => `${site} ${state}`),
    ['shanghai signing', 'shanghai signing', 'us signing', 'us signing'],
  );
});

test('rotate publishes a second pair; --now lets it sign at once', async (context) => {
  const at = await machine(context, ['shanghai', 'us']);
  await run(['dkim', 'make', 'shanghai.example', ...at]);
  const states = async () =>
    (await rows(['show', 'shanghai.example'], at)).map(({ state }) => state).toSorted();
  await run(['dkim', 'rotate', 'shanghai.example', ...at]);
  assert.deepEqual(await states(), ['coming', 'coming', 'signing', 'signing']);
  await run(['dkim', 'rotate', 'shanghai.example', '--now', ...at]);
  assert.deepEqual(await states(), ['ended', 'ended', 'signing', 'signing']);
});

test('export and import carry keys to a site on another machine, and make says that they have to', async (context) => {
  const here = await machine(context, ['shanghai']);
  const there = await machine(context, ['us']);
  const made = await run(['dkim', 'make', 'shanghai.example', ...here]);
  assert.match(made.stdout, /Not at us yet/);
  const exported = await run(['dkim', 'export', 'shanghai.example', ...here]);
  const imported = await run(['dkim', 'import', ...there], { stdin: exported.stdout });
  assert.equal(imported.exitCode, 0, imported.stderr);
  assert.deepEqual(
    await rows(['show', 'shanghai.example'], there),
    await rows(['show', 'shanghai.example'], here),
  );
});

test('what is not ours, or not here, is said so', async (context) => {
  const at = await machine(context, ['us']);
  assert.equal((await run(['dkim', 'make', 'elsewhere.example', ...at])).exitCode, 2);
  assert.equal((await run(['dkim', 'show', 'shanghai.example', ...at])).exitCode, 1);
  assert.equal((await run(['dkim', 'import', ...at], { stdin: 'nonsense' })).exitCode, 1);
  const nowhere = await machine(context, []);
  assert.equal((await run(['dkim', 'list', ...nowhere])).exitCode, 2);
});
