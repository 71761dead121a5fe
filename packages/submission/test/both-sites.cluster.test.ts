// A message submitted in Shanghai for a domain at home in the US arrives with signatures that verify, whether or not the other site
// was there at the time.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { startCluster, type Cluster } from '../../../test/kit/cluster.ts';
import { until } from '../../../test/kit/until.ts';
import { curl } from './curl.ts';

const python = '/usr/bin/python3';
const hasPrograms =
  spawnSync(python, ['-c', 'import dkim, nacl']).status === 0 &&
  spawnSync('curl', ['--version']).status === 0;
const skip = hasPrograms ? false : 'curl, python3-dkim or python3-nacl is not installed';

async function sends(cluster: Cluster, subject: string): Promise<void> {
  const from = cluster.endpoints.accounts.find(({ site }) => site === 'shanghai');
  const to = cluster.accountAt('us');
  assert.ok(from !== undefined);
  const sent = await curl({
    url: `smtps://${cluster.site('shanghai').submissions}/laptop`,
    user: from.address,
    password: from.password,
    from: from.address,
    to: [to],
    message: `From: ${from.address}\r\nTo: ${to}\r\nSubject: ${subject}\r\n\r\nHello over there\r\n`,
  });
  assert.equal(sent.exitCode, 0, sent.dialogue);
}

async function verdictOn(cluster: Cluster, subject: string): Promise<string> {
  const find = async () =>
    (await cluster.maildirs('us')).find((mail) => mail.header('Subject') === subject);
  await until(async () => (await find()) !== undefined, {
    what: `"${subject}" arrives`,
    deadlineMs: 60_000,
  });
  const mail = await find();
  assert.ok(mail !== undefined);
  assert.doesNotMatch(mail.bytes.toString('latin1'), /laptop/);
  const domain = cluster.accountAt('shanghai').split('@')[1] ?? '';
  const shown = await cluster.cli('dkim', 'show', domain, '--json');
  const keys = JSON.parse(shown.stdout) as readonly {
    readonly record: { name: string; value: string };
  }[];
  const records = Object.fromEntries(keys.map(({ record }) => [record.name, record.value]));
  const verifier = `${import.meta.dirname}/../../dkim/test/verify.py`;
  const verified = spawnSync(python, [verifier, JSON.stringify(records)], { input: mail.bytes });
  return verified.stdout.toString() + verified.stderr.toString();
}

test(
  'mail from Shanghai to the US arrives signed, the link up or down (issue 3)',
  { skip },
  async () => {
    await using cluster = await startCluster();
    await sends(cluster, 'while both are here');
    assert.equal(await verdictOn(cluster, 'while both are here'), 'ok\nok\n');
    await cluster.kill('us');
    await sends(cluster, 'while you were away');
    await cluster.start('us');
    assert.equal(await verdictOn(cluster, 'while you were away'), 'ok\nok\n');
  },
);
