import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DmarcAnswer } from '@restante/sender-auth';
import type { CheckAction } from './check.ts';
import type { ContentFacts } from './facts.ts';
import { tellDmarc, type DmarcJudged } from './tell-dmarc.ts';

interface Case {
  readonly answer?: Partial<DmarcAnswer>;
  /** Of the check that acts on DMARC. */
  readonly action?: CheckAction;
  readonly arc?: () => Promise<{ readonly result: string }>;
  readonly dmarc?: () => Promise<DmarcAnswer>;
}

async function told({ answer, action, arc, dmarc }: Case) {
  const judged: DmarcJudged[] = [];
  const failures: string[] = [];
  const whole = {
    result: 'fail',
    fromDomain: 'x.test',
    policy: 'reject',
    alignedBy: [],
    recordAt: 'x.test',
    record: { p: 'reject', rua: [] },
    reportTo: ['mailto:a@x.test'],
    ...answer,
  } as unknown as DmarcAnswer;
  const facts = {
    clientAddress: '192.0.2.1',
    sender: 'a@x.test',
    spf: async () => Promise.resolve({ result: 'fail', identity: 'mailfrom', domain: 'x.test' }),
    dkim: async () => Promise.resolve([]),
    dmarc: dmarc ?? (async () => Promise.resolve(whole)),
    arc: arc ?? (async () => Promise.reject(new Error('the body is gone'))),
  } as unknown as ContentFacts;
  const findings =
    action === undefined ? [] : [{ check: 'dmarc', answer: { action, detail: 'it fails' } }];
  const onEvent = ({ name }: { readonly name: string }) => void failures.push(name);
  await tellDmarc({ onDmarc: (each) => void judged.push(each), onEvent }, facts, findings);
  return { judged, failures };
}

test('what was done because of DMARC is told, refused messages included (RFC 9990 §3.1)', async () => {
  for (const [action, done] of [
    ['refuse', 'reject'],
    ['tag', 'quarantine'],
  ] as const) {
    const answer = { policy: done };
    const { judged, failures } = await told({ action, answer });
    assert.deepEqual([judged[0]?.done, judged[0]?.hasArc, failures], [done, false, []]);
  }
  const passed = await told({ answer: { result: 'pass' } });
  assert.deepEqual([passed.judged[0]?.done, passed.failures], ['none', []]);
});

test('why less was done than asked for is looked up then, and only then (RFC 8617 §7.2.2)', async () => {
  const arc = async () => Promise.resolve({ result: 'pass' });
  const { judged } = await told({ action: 'note', arc });
  assert.deepEqual([judged[0]?.done, judged[0]?.hasArc], ['none', true]);
});

test('domains without a record, without rua= or without an answer are not told of', async () => {
  for (const answer of [
    { result: 'none' },
    { result: 'temperror' },
    { result: 'permerror' },
    { reportTo: [] },
  ] as const)
    assert.deepEqual(await told({ answer }), { judged: [], failures: [] });
});

test('a failure is an event, and no message waits for it', async () => {
  const dmarc = async () => Promise.reject(new Error('gone'));
  assert.deepEqual(await told({ dmarc }), { judged: [], failures: ['policy.failed'] });
});
