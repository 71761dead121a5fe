import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Origin } from '@restante/mail-model';
import { mayBeReported, refusalOn, senderKind, whoIsTold } from './who-is-told.ts';

const origin: Origin = {
  site: 'us',
  clientAddress: '192.0.2.1',
  helo: 'x',
  protocol: 'ESMTP',
  receivedAtMs: 0,
};
const isOurs = (domain: string) => domain === 'us.example';
const kindOf = (
  sender: string,
  more: Partial<Origin> = {},
  identity?: Readonly<Record<string, string>>,
) =>
  senderKind(
    {
      envelope: { sender },
      origin: { ...origin, ...more },
      verdict: identity === undefined ? {} : { identity },
    },
    isOurs,
  );

test('whose address stands in MAIL: ours, a stranger, nobody, or a report of our own', () => {
  assert.equal(kindOf('bo@us.example'), 'ours');
  assert.equal(kindOf('x@stranger.test'), 'stranger');
  assert.equal(
    kindOf('x@stranger.test', { account: 'bo@us.example' }),
    'ours',
    'who logged in is ours',
  );
  assert.equal(kindOf(''), 'nobody');
  assert.equal(kindOf('', { clientAddress: 'local', protocol: 'local' }), 'ourselves');
});

test('a forged sender hears nothing, and who forges one of ours has nobody told (threat 8)', () => {
  assert.equal(kindOf('x@stranger.test', {}, { spf: 'fail', dmarc: 'none' }), 'nobody');
  assert.equal(kindOf('bo@us.example', {}, { spf: 'softfail', dmarc: 'fail' }), 'stranger');
  assert.equal(kindOf('bo@us.example', {}, { spf: 'pass', dmarc: 'fail' }), 'ours');
  assert.equal(kindOf('bo@us.example', {}, { spf: 'none', dmarc: 'pass' }), 'ours');
});

test('what could have been refused at RCPT is never reported to a stranger, but kept for a person (law 4)', () => {
  for (const route of ['local', 'peer:us', 'host:home.test'] as const) {
    assert.equal(whoIsTold(refusalOn(route), 'stranger'), 'quarantine', route);
    assert.equal(whoIsTold(refusalOn(route), 'nobody'), 'quarantine', route);
    assert.equal(whoIsTold(refusalOn(route), 'ours'), 'report', route);
    assert.equal(whoIsTold(refusalOn(route), 'ourselves'), 'nothing', route);
  }
});

test("the world's refusal and a lifetime that ran out are reported, never to the null sender (RFC 5321 §6.1)", () => {
  for (const ending of [refusalOn('internet'), 'expired'] as const) {
    assert.deepEqual(
      (['ours', 'stranger', 'nobody', 'ourselves'] as const).map((sender) =>
        whoIsTold(ending, sender),
      ),
      ['report', 'report', 'nothing', 'nothing'],
      ending,
    );
  }
});

test('nobody can have a notice of delay or success sent to an address that he only wrote down', () => {
  for (const kind of ['delayed', 'delivered', 'relayed'] as const) {
    assert.equal(mayBeReported(kind, 'ours'), true, kind);
    for (const sender of ['stranger', 'nobody', 'ourselves'] as const)
      assert.equal(mayBeReported(kind, sender), false, `${kind} ${sender}`);
  }
  assert.equal(mayBeReported('failed', 'stranger'), true);
});
