// The cluster file as the whole product reads it, and the example that is delivered with it.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  clusterSchema,
  exampleFile,
  loadClusterConfig,
  parseClusterConfig,
  siteOf,
} from '../src/cluster-config.ts';

const example = join(import.meta.dirname, '..', '..', '..', 'deploy', 'restante.example.toml');

test('deploy/restante.example.toml is what the schemas say; mend it with: pnpm generate', async () => {
  assert.equal(await readFile(example, 'utf8'), exampleFile());
});

test('the example is a right cluster file of two sites, each backup of the other', async () => {
  const config = await loadClusterConfig(example, {});
  assert.deepEqual(
    config.topology.domains.map(({ home, backups }) => [home, ...backups]),
    [
      ['shanghai', 'us'],
      ['us', 'shanghai'],
    ],
  );
  assert.deepEqual(
    siteOf(config, 'us')?.peers.map(({ name }) => name),
    ['shanghai'],
  );
  assert.equal(siteOf(config, 'mars'), undefined);
  assert.ok(
    Object.isFrozen(config) &&
      Object.isFrozen(config.retry) &&
      Object.isFrozen(siteOf(config, 'us')),
  );
});

test('the defaults are those of the design', async () => {
  const { retry, health, spool, policy, limits } = await parseClusterConfig(exampleFile(), example);
  assert.deepEqual(
    [retry.firstDelayMs, retry.delayMaxMs, retry.lifetimeMs, retry.delayNoticeAfterMs],
    [60_000, 4 * 3_600_000, 5 * 86_400_000, 4 * 3_600_000],
  );
  assert.deepEqual(
    [
      health.probeIntervalMs,
      health.failuresUntilSuspect,
      health.failuresUntilDown,
      health.cleanUntilRecovering,
    ],
    [5000, 2, 3, 2],
  );
  assert.deepEqual(
    [spool.smallMessageMaxBytes, policy.receivedMax, limits.recipientsMax],
    [256 * 1024, 50, 100],
  );
});

test('every section has the name of its table, and a sentence for every setting', () => {
  for (const [name, section] of Object.entries(clusterSchema)) {
    assert.equal(section.name, name);
    for (const [key, field] of Object.entries(section.fields))
      assert.match(field.about, /\.$/, `${name}.${key}`);
  }
});

test('policies differ per site: [site.policy] goes over [policy]', async () => {
  const text = exampleFile()
    .replace('name = "us"\n', 'name = "us"\npolicy = { connections_per_minute = 7 }\n')
    .replace('# connections_per_minute = 600', 'connections_per_minute = 20');
  const config = await parseClusterConfig(text, example);
  assert.equal(siteOf(config, 'us')?.policy.connectionsPerMinute, 7);
  assert.equal(siteOf(config, 'shanghai')?.policy.connectionsPerMinute, 20);
});

test('domainFitsThroughTheEdge: a domain does not promise more than the edge lets in', async () => {
  const text = exampleFile().replace('# message_max = "25MiB"', 'message_max = "1GiB"');
  await assert.rejects(parseClusterConfig(text, example), {
    name: 'ConfigError',
    message: /domain\[shanghai\.example\]\.message_max\n.*is more than \[limits\] message_max/s,
  });
});

test('reportsComeFromUs: reports are sent in the name of a domain that is at home here (RFC 9990 §3.5.2)', async () => {
  const text = exampleFile().replace(
    /^\[reports\]$/m,
    '[reports]\nsends_dmarc_reports = true\ncontact = "postmaster@elsewhere.test"',
  );
  await assert.rejects(parseClusterConfig(text, example), {
    name: 'ConfigError',
    message: /reports\.contact\n.*is of none of the domains/s,
  });
  const ours = text.replace('elsewhere.test', 'shanghai.example');
  const config = await parseClusterConfig(ours, example);
  assert.equal(siteOf(config, 'us')?.reports.sendsDmarcReports, true);
});
