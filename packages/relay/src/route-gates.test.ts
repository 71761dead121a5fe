import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RouteWorker } from '@restante/retry-queue';
import type { Holds } from './holds.ts';
import { createRouteGates } from './route-gates.ts';

test('a delivery that hangs in a dead connection does not keep its route from moving when the home is back', async () => {
  const said: string[] = [];
  const worker: RouteWorker = {
    setConcurrency: () => undefined,
    quiesce: async () => {
      said.push('quiet');
      // Ends when the running delivery does: in ten minutes, or never.
      await new Promise(() => undefined);
    },
    resume: () => void said.push('resume'),
    [Symbol.asyncDispose]: async () => undefined,
  };
  const holds = { routes: new Set() } as unknown as Holds;
  const gates = createRouteGates(holds, () => undefined);
  gates.attach('peer:us', worker);
  await gates.hold('peer:us', 'health');
  await gates.unhold('peer:us', 'health');
  assert.deepEqual(said, ['resume', 'quiet', 'resume']);
  assert.deepEqual(gates.heldBy('peer:us'), []);
});
