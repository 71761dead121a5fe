import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { goodText, problemsOf, read, schema } from '../test/cluster-text.ts';
import { effectiveValues, formatValues } from './effective-values.ts';
import { formatProblems } from './problem.ts';
import { renderExample } from './render-example.ts';

test('a right file becomes one frozen value with defaults, typed and in base units', async () => {
  const { topology, sections } = await read(`${goodText}[retry]\nfirst_delay = "90s"\n`);
  assert.deepEqual(sections, {
    retry: { firstDelayMs: 90_000, lifetimeMs: 432_000_000 },
    limits: { recipientsMax: 100 },
  });
  assert.equal(topology.sites[0]?.dir, '/etc/restante/shanghai', 'relative to the file');
  assert.equal(topology.pkiDir, '/etc/restante/pki');
  assert.deepEqual(topology.sites[1]?.listen, {
    smtp: '0.0.0.0:25',
    http: '127.0.0.1:8025',
    peerApi: '0.0.0.0:8443',
  });
  assert.deepEqual(topology.sites[1]?.public, {
    smtp: 'mx.us.example:25',
    api: 'mx.us.example:8443',
  });
  assert.deepEqual(topology.domains[0], {
    name: 'shanghai.example',
    home: 'shanghai',
    backups: ['us'],
    tagSeparator: '+',
    isCaseSensitive: false,
  });
  assert.throws(() => {
    (topology.sites as unknown[]).push(1);
  }, TypeError);
  assert.throws(() => {
    (sections.retry as { firstDelayMs: number }).firstDelayMs = 1;
  }, TypeError);
});

test('all problems come at once, in the order of the file, with line, key, value and remedy', async () => {
  const text = goodText
    .replace('timezone = "Asia/Shanghai"', 'timezone = "Asia/Shangai"')
    .replace('home = "shanghai"', 'home = "shangai"')
    .concat('[retry]\nfirst_delay = 30\nlifetme = "5d"\nrecipients_max = 5\n[limts]\n');
  const problems = await problemsOf(text);
  assert.deepEqual(
    problems.map(({ line, key, value }) => [line, key, value]),
    [
      [7, 'site[shanghai].timezone', '"Asia/Shangai"'],
      [17, 'domain[shanghai.example].home', '"shangai"'],
      [20, 'retry.first_delay', '30'],
      [21, 'retry.lifetme', undefined],
      [22, 'retry.recipients_max', undefined],
      [23, 'limts', undefined],
    ],
  );
  assert.equal(problems[1]?.remedy, 'Did you mean "shanghai"?');
  assert.match(problems[2]?.remedy ?? '', /unit/);
  assert.equal(problems[3]?.remedy, 'Did you mean lifetime?');
  assert.equal(problems[4]?.remedy, 'It belongs in [limits].');
  assert.match(
    formatProblems(problems, 'cluster.toml'),
    /^cluster\.toml: 6 problems\n\n {2}line 7 {3}site\[shanghai\]\.timezone = "Asia\/Shangai"\n {11}is not a time zone/,
  );
});

test('what is missing is named with an example of it', async () => {
  const problems = await problemsOf('[cluster]\n[[site]]\nname = "us"\n');
  assert.deepEqual(
    problems.map(({ line, key, problem }) => [line, key, problem]),
    [
      [1, 'cluster.name', 'is missing'],
      [2, 'site[us].hostname', 'is missing'],
      [2, 'site[us].dir', 'is missing'],
      [undefined, 'domain', 'is missing'],
    ],
  );
});

test('text that is not TOML is one problem with its line, and quotes nothing of the file', async () => {
  const problems = await problemsOf('[cluster]\npassword = hunter2\n');
  assert.equal(problems.length, 1);
  assert.equal(problems[0]?.line, 2);
  assert.doesNotMatch(JSON.stringify(problems), /hunter2/);
});

test('a site may override a section; the rules between fields hold for what results', async () => {
  const over = (lines: string) =>
    goodText.replace('dir = "us"\n', `dir = "us"\n[site.retry]\n${lines}\n`);
  const { sections, bySite } = await read(
    over('first_delay = "10s"').concat('[retry]\nlifetime = "2d"\n'),
  );
  assert.equal(sections.retry.firstDelayMs, 60_000);
  assert.deepEqual(bySite['us']?.retry, { firstDelayMs: 10_000, lifetimeMs: 172_800_000 });
  assert.deepEqual(bySite['shanghai']?.retry, sections.retry);

  const problems = await problemsOf(over('lifetime = "1s"\nfirst_dely = "1s"'));
  assert.deepEqual(
    problems.map(({ line, key }) => [line, key]),
    [[16, 'site[us].retry.first_dely']],
  );
  const [clash] = await problemsOf(over('lifetime = "1s"'));
  assert.deepEqual(
    [clash?.line, clash?.key, clash?.value],
    [15, 'site[us].retry.lifetime', '"1s"'],
  );
});

test('rules between fields are told with the field to look at', async () => {
  const [problem, ...more] = await problemsOf(`${goodText}[retry]\nlifetime = "1s"\n`);
  assert.deepEqual(
    [problem?.line, problem?.key, problem?.value, more.length],
    [20, 'retry.lifetime', '"1s"', 0],
  );
});

test('rules over the whole file run once per site and are told once', async () => {
  const problem = { key: 'limits', problem: 'is odd', remedy: 'Think.' };
  assert.deepEqual(await problemsOf(goodText, { checks: [() => [problem]] }), [problem]);
});

test('a secret comes from the environment, prints as [secret], and only the own site needs it', async () => {
  const text = goodText.replace(
    'dir = "us"\n',
    'dir = "us"\n[site.redis]\npassword = "env:REDIS_PASSWORD"\n',
  );
  const config = await read(text, { env: { REDIS_PASSWORD: 'hunter2' } });
  assert.equal(config.topology.sites[1]?.redis.password?.reveal(), 'hunter2');
  assert.doesNotMatch(inspect(config, { depth: 9 }) + JSON.stringify(config), /hunter2/);
  const [problem] = await problemsOf(text);
  assert.deepEqual([problem?.line, problem?.key], [15, 'site[us].redis.password']);
  assert.match(problem?.remedy ?? '', /REDIS_PASSWORD/);
  assert.deepEqual(await problemsOf(text, { site: 'shanghai' }), []);
  assert.equal((await problemsOf(text, { site: 'mars' }))[0]?.key, 'site');
});

test('a secret written into the file is refused and not repeated', async () => {
  const text = goodText.replace(
    'dir = "us"\n',
    'dir = "us"\n[site.redis]\nurl = "redis://:hunter2@127.0.0.1:6379"\npassword = "hunter2"\n',
  );
  const problems = await problemsOf(text);
  assert.deepEqual(
    problems.map(({ line }) => line),
    [15, 16],
  );
  assert.doesNotMatch(JSON.stringify(problems), /hunter2/);
});

test('the shape of tables is checked: one where there is one, a list where there are several', async () => {
  const site = await problemsOf('[cluster]\nname = "demo"\n[site]\nname = "us"\n[domain]\n');
  assert.deepEqual(
    site.map(({ line, key }) => [line, key]),
    [
      [3, 'site'],
      [5, 'domain'],
    ],
  );
  const retry = await problemsOf(`${goodText}[[retry]]\n`);
  assert.deepEqual(
    retry.map(({ line, key }) => [line, key]),
    [[19, 'retry']],
  );
  const odd = await problemsOf(goodText.replace('[cluster]', 'retry = 5\nsite2 = 1\n[cluster]'));
  assert.deepEqual(
    odd.map(({ line, key }) => [line, key]),
    [
      [1, 'retry'],
      [2, 'site2'],
    ],
  );
});

test('hostile keys are unknown keys', async () => {
  const problems = await problemsOf(
    `${goodText}[__proto__]\npolluted = 1\n[retry]\nconstructor = 1\n"\\u001b[2J" = 1\n`,
  );
  assert.deepEqual(
    problems.map(({ key }) => key),
    ['__proto__', 'retry.constructor', 'retry.\u001b[2J'],
  );
  assert.ok(!formatProblems(problems, 'f').includes('\u001b'));
  assert.equal(({} as { polluted?: number }).polluted, undefined);
});

test('every setting is told with its source', async () => {
  const config = await read(`${goodText}[retry]\nfirst_delay = "90s"\n`);
  assert.deepEqual(effectiveValues(config, { under: 'retry' }), [
    { key: 'retry.first_delay', value: '"1min 30s"', source: { from: 'file', line: 20 } },
    { key: 'retry.lifetime', value: '"5d"', source: { from: 'default' } },
  ]);
  assert.match(formatValues(effectiveValues(config)), /^retry\.lifetime = "5d" +# default$/m);
});

test('the example file loads as it stands and says every setting', async () => {
  const text = renderExample(schema);
  const { sections } = await read(text);
  assert.equal(sections.limits.recipientsMax, 100);
  assert.match(text, /^## First pause\. \(1s to 1h; default "1min"\)\n# first_delay = "1min"$/m);
  // Taking the comment signs away from settings makes a file that is as right, but for what excludes each other.
  const bare = text
    .replaceAll(/^# (?=[a-z_]+ = |\[)/gm, '')
    .replaceAll(/^(home_host|recipients_file|password|password_file) = .*$/gm, '');
  await read(bare);
});
