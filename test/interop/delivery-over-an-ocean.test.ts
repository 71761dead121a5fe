// A peer at the other end of an ocean: the round trip must not be the drain's pace, and a cut line must not double anything.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHopDeliverer } from '@restante/delivery';
import { messageFor, never } from '../../packages/delivery/test/sample.ts';
import { startEdge } from '../../packages/smtp/test/server/dialogue-kit.ts';
import { startWeatherLink } from '../kit/weather-link.ts';

const messages = 40;
const latencyMs = 40;

test('eight messages at a time on one connection: a round trip is paid by eight (RFC 2920, RFC 3030)', async () => {
  await using server = await startEdge();
  await using link = await startWeatherLink({ to: `127.0.0.1:${server.edge.port}`, latencyMs });
  const timeOf = async (inFlightMax: number) => {
    await using deliverer = createHopDeliverer({
      targets: async () => [
        {
          host: 'localhost',
          address: '127.0.0.1',
          port: Number(link.endpoint.split(':')[1]),
          protocol: 'smtp',
          helo: 'us.test',
          tls: { mode: 'none' },
          answersAtOnce: true,
          inFlightMax,
        },
      ],
      pool: { limit: 1, messagesMax: 1000, idleMaxMs: 30_000 },
      isPeer: true,
    });
    const send = async () => deliverer.attempt(messageFor(['ana@home.example.test']), never);
    await send();
    const startedMs = performance.now();
    const all = await Promise.all(Array.from({ length: messages }, send));
    const rest = all.flat().filter(({ outcome }) => outcome.kind !== 'delivered');
    assert.deepEqual(rest, []);
    return performance.now() - startedMs;
  };
  const [one, eight] = [await timeOf(1), await timeOf(8)];
  // Eight times faster on paper; half of that on a busy machine.
  assert.ok(eight < one / 4, `one at a time ${one.toFixed(0)} ms, eight ${eight.toFixed(0)} ms`);
  assert.equal(server.host.taken.length, 2 * (messages + 1));
});
