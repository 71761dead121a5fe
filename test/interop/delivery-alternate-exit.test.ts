// The path from one site to a destination is broken, that of the other is not: mail leaves through the other site, once, and
// never comes back. Two sites as they run.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCluster } from '../kit/cluster.ts';
import type { Cluster } from '../kit/cluster.ts';
import { numberedLetter, sendLetter } from '../kit/dialogue.ts';
import { freePort } from '../kit/free-port.ts';
import { startScriptedHome } from '../kit/scripted-home.ts';
import { until } from '../kit/until.ts';
import { mxZone, startZoneDns } from '../kit/zone-dns.ts';

interface Ports {
  readonly dns: string;
  /** Where Shanghai and the US find port 25 of the world. */
  readonly shanghai: number;
  readonly us: number;
}

async function startWith({ dns, shanghai, us }: Ports): Promise<Cluster> {
  const cluster = await startCluster();
  await cluster.reconfigure(
    (text) =>
      `${text
        .replace(/^dns_servers = .*$/m, `dns_servers = ["${dns}"]`)
        .replace(
          /^(name = "shanghai"[\s\S]*?\[site\.redis\]\nurl = .*\n)/m,
          `$1[site.delivery]\ninternet_port = ${shanghai}\n`,
        )
        .replace(
          /^(name = "us"[\s\S]*?\[site\.redis\]\nurl = .*\n)/m,
          `$1[site.delivery]\ninternet_port = ${us}\n`,
        )
        .replace(
          'allow_private_addresses = true\n',
          'allow_private_addresses = true\nalternate_exit_failures = 2\nalternate_exit_after = "0ms"\n',
        )}\n[retry]\nfirst_delay = "1s"\n`,
  );
  const alias = await cluster.cli('alias', 'set', 'out@shanghai.example', 'ana@far.test');
  assert.equal(alias.code, 0, alias.stderr);
  return cluster;
}

async function sendOut(cluster: Cluster, number: number): Promise<void> {
  const letter = numberedLetter(number, { from: 'bo@stranger.test', to: 'out@shanghai.example' });
  let reply = { code: 0, text: '' };
  // The new name may take a moment to be known at RCPT.
  await until(
    async () => {
      reply = await sendLetter(cluster.site('shanghai').smtp, letter);
      return reply.code === 250;
    },
    { what: `letter ${number} is accepted` },
  );
}

const zone = () =>
  startZoneDns(mxZone('far.test', [{ host: 'mx.far.test', address: '127.0.0.1' }]));

test('a destination that one site cannot reach gets its mail through the other one, each letter once', async () => {
  await using dns = await zone();
  await using far = await startScriptedHome();
  await using cluster = await startWith({
    dns: dns.address,
    shanghai: await freePort(),
    us: Number(far.endpoint.split(':')[1]),
  });
  for (let number = 0; number < 5; number += 1) await sendOut(cluster, number);
  await until(() => new Set(far.taken.map(numberOf)).size === 5, {
    what: 'all letters have arrived',
    deadlineMs: 60_000,
  });
  assert.equal(far.taken.length, 5);
  for (const text of far.taken) {
    // Both sites are in the trace, the letter below it is as it was sent.
    assert.match(text, /by mx\.us\.example[\s\S]*by mx\.shanghai\.example/);
    assert.ok(text.includes('From: <bo@stranger.test>\r\n'));
    assert.ok(
      text.endsWith(
        numberedLetter(numberOf(text), { from: 'bo@stranger.test', to: 'out@shanghai.example' })
          .data,
      ),
    );
  }
  await until(
    async () => (await cluster.waiting('shanghai')) + (await cluster.waiting('us')) === 0,
    { what: 'nobody has anything left' },
  );
  const metrics = await (await fetch(`http://${cluster.site('shanghai').http}/metrics`)).text();
  assert.match(metrics, /^restante_exit_changes_total\{[^}]*to="peer"[^}]*\} 1$/m);
});

test('a destination that nobody reaches waits at the other site and does not come back', async () => {
  await using dns = await zone();
  const nowhere = await freePort();
  await using cluster = await startWith({ dns: dns.address, shanghai: nowhere, us: nowhere });
  await sendOut(cluster, 1);
  await until(
    async () => (await cluster.waiting('us')) === 1 && (await cluster.waiting('shanghai')) === 0,
    { what: 'the letter is at the other site', deadlineMs: 60_000 },
  );
  const deferred = async () =>
    Number(
      (await cluster.cli('queue', 'list', '--site', 'us', '--json')).stdout.match(
        /"attempts":\s*(\d+)/,
      )?.[1] ?? 0,
    );
  await until(async () => (await deferred()) >= 3, {
    what: 'the other site has tried as often as would make it look for another exit',
    deadlineMs: 60_000,
  });
  assert.equal(await cluster.waiting('us'), 1);
  assert.equal(await cluster.waiting('shanghai'), 0);
});

function numberOf(text: string): number {
  return Number(/^X-Number: (\d+)/m.exec(text)?.[1] ?? Number.NaN);
}
