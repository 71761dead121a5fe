import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DmarcQuestion } from '@restante/sender-auth';
import { contentFacts } from './content-facts.ts';
import type { ContentParts, WaitingMessage } from './content-judge.ts';
import type { SenderFacts } from './facts.ts';

async function askedOfDmarc(from: Buffer): Promise<DmarcQuestion> {
  const asked: DmarcQuestion[] = [];
  const parts = {
    dkim: { verify: async () => [] },
    dmarc: { check: async (question: DmarcQuestion) => void asked.push(question) },
    operatorLists: { match: () => [] },
  } as unknown as ContentParts;
  const sender = {
    spf: async () => ({ result: 'none', domain: '' }),
  } as unknown as SenderFacts;
  const header = Buffer.concat([Buffer.from('From: '), from, Buffer.from('\r\n')]);
  const message = { header, body: () => [] } as unknown as WaitingMessage;
  const facts = contentFacts(parts, sender, {
    message,
    recipients: [],
    header,
    trace: '',
    clientName: undefined,
  });
  await facts.dmarc();
  assert.ok(asked[0]);
  return asked[0];
}

const gbk = Buffer.from([0xd5, 0xc5, 0xc8, 0xfd]);

test('a name in raw GBK makes no author unreadable: DMARC is asked about his domain as for others', async () => {
  for (const [before, behind] of [
    ['', ' <zhang@bank.test>'],
    ['"', '" <zhang@bank.test>'],
  ] as const) {
    const from = Buffer.concat([Buffer.from(before), gbk, Buffer.from(behind)]);
    const { fromDomains, fromProblem } = await askedOfDmarc(from);
    assert.deepEqual([fromDomains, fromProblem], [['bank.test'], undefined]);
  }
});

test('a From that is odd in another way stays odd, raw GBK or not (threat 28)', async () => {
  const odd = ['a\u0000 <x@bank.test>', '<x@bank.test>, <y@[192.0.2.7]>', '<x@', ''];
  for (const text of odd)
    for (const name of [Buffer.alloc(0), gbk])
      assert.notEqual(
        (await askedOfDmarc(Buffer.concat([name, Buffer.from(text)]))).fromProblem,
        undefined,
        text,
      );
});
