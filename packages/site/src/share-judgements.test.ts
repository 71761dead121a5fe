import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { HarvestGuard, OperatorLists } from '@restante/policy';
import { systemClock } from '@restante/runtime';
import { shareJudgements } from './share-judgements.ts';

test('a peer that does not answer collects no work: what is wished meanwhile is wished once', async () => {
  const asked: string[] = [];
  const away = Promise.withResolvers<undefined>();
  const peer = {
    name: 'us',
    judgements: {
      since: async () => {
        asked.push('since');
        await away.promise;
        return { entries: [], cursor: 'x', hasMore: false, blocks: [] };
      },
      tell: async () => void asked.push('tell'),
    },
  };
  let blocks = 0;
  const sharing = shareJudgements({
    peers: [peer as never],
    lists: {
      cursor: 'x',
      changes: () => ({ entries: [], cursor: 'x', hasMore: false }),
      onChange: () => ({ [Symbol.dispose]: () => undefined }),
      merge: async () => 0,
    } as unknown as OperatorLists,
    guard: {
      // A new one whenever somebody looks.
      blocks: () => [{ subject: `192.0.2.${(blocks += 1)}`, untilMs: Date.now() + 60_000 }],
    } as unknown as HarvestGuard,
    clock: systemClock,
    tellAfterMs: 1,
    everyMs: 5,
  });
  for (let count = 0; count < 20; count += 1) {
    sharing.tellSoon();
    await pause(5);
  }
  assert.deepEqual(asked, ['since']);
  away.resolve(undefined);
  await pause(1);
  await sharing[Symbol.asyncDispose]();
  assert.ok(asked.filter((what) => what === 'since').length <= 3, asked.join(' '));
  assert.ok(asked.includes('tell'));
});
