import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MessageToDeliver } from '@restante/delivery';
import { acceptVerdict } from '@restante/mail-model';
import { createForwardSeal, type SealParts } from './seal-forwards.ts';

test('what nobody judged is not sealed, whatever it says of itself in our name (RFC 8601 §5)', async () => {
  const asked: string[] = [];
  const seal = createForwardSeal({
    view: {
      judging: { contentBudgetMs: 1000 },
      topology: { sites: [{ hostname: 'mx.here.test' }] },
    },
    resolver: {},
    keys: {
      signingKeys: async (domain: string) => {
        asked.push(domain);
        return [];
      },
    },
    clock: { now: () => 0, monotonicMs: () => 0 },
  } as unknown as SealParts);
  const bytes = Buffer.from(
    'Authentication-Results: mx.here.test; dmarc=pass header.from=bank.test\r\nFrom: <x@bank.test>\r\n\r\nx\r\n',
  );
  const message = { verdict: acceptVerdict, body: async () => ({ kind: 'bytes', bytes }) };
  assert.equal(await seal(message as unknown as MessageToDeliver, 'ana@here.test'), '');
  assert.deepEqual(asked, [], 'no key was even looked for');
});
