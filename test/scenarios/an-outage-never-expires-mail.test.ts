// The lifetime of a message stands still while its home, one of our own sites, is away (law 8). Mail for the world does expire, with one
// report to its sender (RFC 5321 §4.5.4.1, RFC 3464). A sender hears of a delay once.
//
// Lifetimes cannot be configured below a minute, so this test takes a little more than one.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCluster } from '../kit/cluster.ts';
import { numberedLetter, sendLetter } from '../kit/dialogue.ts';
import { report } from '../kit/findings.ts';
import type { FoundMail } from '../kit/maildir.ts';
import { freePort } from '../kit/free-port.ts';
import { until } from '../kit/until.ts';
import { mxZone, startZoneDns } from '../kit/zone-dns.ts';

const foreigner = 'friend@foreign.test';

test('a home away for longer than the lifetime gets its mail; mail for the world expires with one report; a delay is told once', async (t) => {
  await using cluster = await startCluster();
  // The world: one domain, and nobody at home there; and the sender's, which vouches for who writes in its name, or he is told nothing.
  await using dns = await startZoneDns({
    ...mxZone('foreign.test', [{ host: 'mx.foreign.test', address: '127.0.0.1' }]),
    'us.example': { TXT: [['v=spf1 ip4:127.0.0.1 -all']] },
  });
  const internetPort = await freePort();
  await cluster.reconfigure((text) =>
    text
      .replace(/^dns_servers = .*$/m, `dns_servers = ["127.0.0.1:${dns.port}"]`)
      .replace('[delivery]\n', `[delivery]\ninternet_port = ${internetPort}\n`)
      .concat(
        '\n[retry]\nfirst_delay = "1s"\ndelay_max = "3s"\nlifetime = "65s"\ndelay_notice_after = "1min"\n[relay]\nreconcile_interval = "1s"\n',
      ),
  );
  const sender = cluster.accountAt('us');
  const { code, stderr } = await cluster.cli('alias', 'set', 'away@us.example', foreigner);
  assert.equal(code, 0, stderr);

  await cluster.kill('shanghai');
  await until(async () => (await cluster.peerState('us', 'shanghai')) === 'down', {
    what: 'us sees that the home is away',
  });
  const send = async (number: string, to: string) => {
    const reply = await sendLetter(
      cluster.site('us').smtp,
      numberedLetter(number, { from: sender, to }),
    );
    assert.equal(reply.code, 250, reply.text);
  };
  await send('for-the-home', cluster.accountAt('shanghai'));
  await send('for-the-world', 'away@us.example');
  const sentMs = performance.now();

  const failures = await until(
    async () => nonEmpty(reportsOf(await cluster.maildirs('us'), 'failed')),
    {
      what: 'the sender hears that the mail for the world was given up',
      deadlineMs: 100_000,
      everyMs: 500,
    },
  );
  await until(
    async () =>
      nonEmpty(
        reportsOf(await cluster.maildirs('us'), 'delayed').filter(isAbout('shanghai.example')),
      ),
    {
      what: 'the sender hears that the mail for the home is late',
      deadlineMs: 30_000,
      everyMs: 500,
    },
  );
  // A quarter longer than its lifetime, with a sweep for notices every second.
  await until(() => performance.now() - sentMs > 80_000, {
    what: 'the lifetime is well over',
    deadlineMs: 90_000,
    everyMs: 500,
  });
  const afterMs = performance.now() - sentMs;
  assert.equal(await cluster.waiting('us'), 1, 'the letter for the home waits');

  await cluster.start('shanghai');
  await until(async () => (await cluster.maildirs('shanghai')).length === 1, {
    what: 'it comes home',
    deadlineMs: 30_000,
  });
  await until(async () => (await cluster.waiting('us')) === 0, { what: 'nothing waits' });

  const mails = await cluster.maildirs('us');
  const [failed, delayed] = [reportsOf(mails, 'failed'), reportsOf(mails, 'delayed')];
  report(t, {
    'lifetime s': 65,
    'home away s': Math.round(afterMs / 1000),
    'failure reports': failed.length,
    'delay notices for the home': delayed.filter(isAbout('shanghai.example')).length,
    lost: 0,
  });
  assert.equal(failures.length, 1);
  assert.equal(failed.length, 1, 'one report, for the world');
  assert.ok(isAbout('foreign.test')(failed[0] as FoundMail));
  assert.match(failed[0]?.body ?? '', /^Status: [45]\.\d\.\d/m);
  assert.equal(
    delayed.filter(isAbout('shanghai.example')).length,
    1,
    'one notice, however many sweeps',
  );
  assert.ok(delayed.filter(isAbout('foreign.test')).length <= 1);
});

function reportsOf(mails: readonly FoundMail[], action: string): readonly FoundMail[] {
  return mails.filter((mail) => new RegExp(`^Action: ${action}`, 'im').test(mail.body));
}

function isAbout(domain: string): (mail: FoundMail) => boolean {
  return (mail) =>
    new RegExp(`^Final-Recipient: rfc822;\\s?\\S+@${domain.replaceAll('.', '\\.')}`, 'im').test(
      mail.body,
    );
}

function nonEmpty<T>(list: readonly T[]): readonly T[] | false {
  return list.length > 0 && list;
}
