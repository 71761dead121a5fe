// Greylisting at one site: a server nobody has heard of waits and comes back; one that is known, a peer, and anybody while the home of
// the recipient is away do not (RFC 6647, threats 27).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { Reply } from '../kit/dialogue.ts';
import { startLaboratory, type Laboratory } from '../kit/laboratory.ts';
import { arrived, bring, written } from '../kit/stranger.ts';
import { until } from '../kit/until.ts';

const delayMs = 10_000;

let laboratory: Laboratory;
before(async () => {
  laboratory = await startLaboratory({
    atSite: { us: `[site.greylist]\nenabled = true\ndelay = "${delayMs}ms"\n` },
  });
});
after(async () => laboratory?.[Symbol.asyncDispose]());

interface Offer {
  readonly door: 'shanghai' | 'us';
  readonly home: 'shanghai' | 'us';
  readonly address: string;
  readonly id: string;
}

function offer({ door, home, address, id }: Offer): Promise<Reply> {
  const from = 'x@stranger.test';
  const to = laboratory.cluster.accountAt(home);
  const data = written({ id, from, to });
  return bring(laboratory.cluster.site(door).smtp, { address, from, to, data });
}

test('a stranger waits, comes back, and is known from then on, for his neighbours and after a kill too', async () => {
  const atUs = { door: 'us', home: 'us' } as const;
  const first = await offer({ ...atUs, address: '127.0.1.1', id: 'patient' });
  const askedMs = performance.now();
  assert.equal(first.code, 451, first.text);
  assert.match(first.text, /4\.7\.1 We have not met before; please try again in 1 min/);
  const tooSoon = await offer({ ...atUs, address: '127.0.1.1', id: 'patient' });
  assert.equal(tooSoon.code, 451, tooSoon.text);
  await laboratory.cluster.kill('us');
  await laboratory.cluster.start('us');
  await pause(Math.max(0, delayMs + 100 - (performance.now() - askedMs)));
  // A pool of senders tries again from its neighbour.
  const later = await offer({ ...atUs, address: '127.0.1.2', id: 'patient' });
  assert.equal(later.code, 250, later.text);
  await arrived(laboratory.cluster, 'us', 'patient');
  const next = await offer({ ...atUs, address: '127.0.1.1', id: 'next' });
  assert.equal(next.code, 250, next.text);
});

test('a site without greylisting asks nobody to wait, and what it hands on as a peer is taken at once', async () => {
  const reply = await offer({ door: 'shanghai', home: 'us', address: '127.0.2.1', id: 'by-peer' });
  assert.equal(reply.code, 250, reply.text);
  await arrived(laboratory.cluster, 'us', 'by-peer');
  const straight = await offer({ door: 'us', home: 'us', address: '127.0.2.1', id: 'straight' });
  assert.equal(straight.code, 451, straight.text);
});

test('while the home is away its backup makes nobody wait: there may be nobody else to come back to', async () => {
  const { cluster } = laboratory;
  const atBackup = { door: 'us', home: 'shanghai' } as const;
  const up = await offer({ ...atBackup, address: '127.0.3.1', id: 'home-up' });
  assert.equal(up.code, 451, up.text);
  await cluster.kill('shanghai');
  await until(async () => (await cluster.peerState('us', 'shanghai')) !== 'up', {
    what: 'us has noticed that shanghai is away',
  });
  const away = await offer({ ...atBackup, address: '127.0.4.1', id: 'home-away' });
  assert.equal(away.code, 250, away.text);
  await cluster.start('shanghai');
  await arrived(cluster, 'shanghai', 'home-away');
});
