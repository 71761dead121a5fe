// Cluster files and secret files on a real disk.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { goodText, schema } from './cluster-text.ts';
import { loadClusterFile } from '../src/load-cluster-file.ts';

test('a file is read from disk; secrets lie beside it, first line only', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'restante-config-'));
  const file = join(dir, 'cluster.toml');
  await writeFile(
    file,
    goodText.replace(
      'dir = "us"\n',
      'dir = "us"\n[site.redis]\npassword_file = "redis.password"\n',
    ),
  );
  await assert.rejects(loadClusterFile(file, { schema, env: {} }), {
    name: 'ConfigError',
    code: 'CLUSTER_FILE_WRONG',
    message: /password_file\n.*cannot be read \(ENOENT\)/s,
  });
  await writeFile(join(dir, 'redis.password'), '\n');
  await assert.rejects(loadClusterFile(file, { schema, env: {} }), {
    message: /first line is empty/,
  });
  await writeFile(join(dir, 'redis.password'), 'hunter2\r\nold one\n');
  const { topology } = await loadClusterFile(file, { schema, env: {} });
  assert.equal(topology.sites[1]?.redis.password?.reveal(), 'hunter2');
  assert.equal(topology.sites[0]?.dir, join(dir, 'shanghai'));
  await rm(dir, { recursive: true });
});

test('a file that is not there, a directory, or not UTF-8 is one problem with a remedy', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'restante-config-'));
  const file = join(dir, 'cluster.toml');
  const reject = (path: string, message: RegExp) =>
    assert.rejects(loadClusterFile(path, { schema, env: {} }), {
      code: 'CLUSTER_FILE_UNREADABLE',
      message,
    });
  await reject(file, /ENOENT/);
  await reject(dir, /EISDIR/);
  await writeFile(file, Buffer.from([0x6e, 0xff, 0xfe]));
  await reject(file, /not UTF-8/);
  await rm(dir, { recursive: true });
});
