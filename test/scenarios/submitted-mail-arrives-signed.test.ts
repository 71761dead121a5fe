// A letter written by one of our own people: submitted at his home, it arrives at the other home with signatures an
// independent verifier believes, whether or not the link between the sites was up when he sent it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { Resolver } from 'node:dns/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startCluster, type Cluster } from '../kit/cluster.ts';
import { submit, whyNoCurl } from '../kit/submit.ts';
import { until } from '../kit/until.ts';

const python = '/usr/bin/python3';
const verifier = fileURLToPath(new URL('../../packages/dkim/test/verify.py', import.meta.url));
const whyNot =
  whyNoCurl() ??
  (spawnSync(python, ['-c', 'import dkim, nacl']).status === 0
    ? undefined
    : 'python3-dkim and python3-nacl are not installed');

test(
  'a submitted letter arrives at the other home, signed as DNS says (RFC 6409, RFC 6376), link up or down',
  { skip: whyNot ?? false },
  async () => {
    await using cluster = await startCluster();
    const letters = [
      { subject: 'while-the-link-is-up', isLinkUp: true },
      { subject: 'while-the-link-is-down', isLinkUp: false },
    ];
    for (const { subject, isLinkUp } of letters) {
      if (!isLinkUp) await cluster.kill('us');
      const { exitCode, dialogue } = await submit(cluster, {
        site: 'shanghai',
        to: cluster.accountAt('us'),
        message: `From: Ana <${cluster.accountAt('shanghai')}>\r\nTo: ${cluster.accountAt('us')}\r\nBcc: secret@us.example\r\nSubject: ${subject}\r\n\r\nHello.\r\n`,
      });
      assert.equal(exitCode, 0, dialogue);
      if (!isLinkUp) await cluster.start('us');
      const arrived = await arrival(cluster, subject);
      assert.deepEqual(await verdicts(cluster, arrived), ['ok', 'ok'], arrived);
      assert.match(
        arrived,
        /^Message-ID: <[^>]+@shanghai\.example>\r$/im,
        'what was missing is added',
      );
      assert.match(arrived, /^Date: /im);
      assert.doesNotMatch(arrived, /^Bcc:/im);
      assert.doesNotMatch(arrived, /laptop\.test/, 'nobody learns where it was written');
    }
  },
);

async function arrival(cluster: Cluster, subject: string): Promise<string> {
  const found = await until(
    async () =>
      (await cluster.maildirs('us')).find((letter) => letter.header('Subject') === subject),
    { what: `${subject} is in its mailbox`, deadlineMs: 60_000 },
  );
  return found.bytes.toString('latin1');
}

async function verdicts(cluster: Cluster, message: string): Promise<readonly string[]> {
  const resolver = new Resolver();
  resolver.setServers([cluster.endpoints.dns]);
  const records: Record<string, string> = {};
  for (const [, domain, selector] of message.matchAll(/d=([^;\s]+);[^]*?s=([^;\s]+);/g)) {
    const name = `${selector}._domainkey.${domain}`;
    records[name] ??= ((await resolver.resolveTxt(name))[0] ?? []).join('');
  }
  const { stdout, stderr } = spawnSync(python, [verifier, JSON.stringify(records)], {
    input: Buffer.from(message, 'latin1'),
  });
  assert.equal(stderr.toString(), '');
  return stdout.toString().trim().split('\n');
}
