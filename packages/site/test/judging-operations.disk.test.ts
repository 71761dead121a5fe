// What the diary of a site says of a decision, on a real disk.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { StrangerJudgeParts } from '@restante/policy';
import { openTimeline } from '@restante/relay';
import { systemClock } from '@restante/runtime';
import { createJudgingOperations } from '../src/operations/judging-operations.ts';

test('a stranger who names the id of another decision is no part of it', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'restante-judging-'));
  try {
    await using timeline = await openTimeline({
      dir,
      site: 'us',
      keepDays: 1,
      clock: systemClock,
    });
    const judgement = (id: string, sender: string) =>
      timeline.record({
        name: 'judgement.made',
        id,
        stage: 'rcpt',
        action: 'refuse',
        clientAddress: '192.0.2.7',
        helo: 'far.test',
        sender,
        recipients: ['ana@us.test'],
        reasons: [],
      });
    judgement('01JFIRST', 'honest@far.test');
    judgement('01JSECOND', '01JFIRST@evil.test');
    const { decisions } = createJudgingOperations({
      site: 'us',
      judgeParts: {} as StrangerJudgeParts,
      timeline,
    });
    assert.deepEqual(
      (await decisions('01JFIRST')).map(({ sender }) => sender),
      ['honest@far.test'],
    );
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});
