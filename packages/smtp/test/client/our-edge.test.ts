// Many messages under way on one connection to our own edge: the client's overlap against the edge's order.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectSmtp } from '@restante/smtp';
import { startEdge } from '../server/dialogue-kit.ts';
import { ana, messageTo, targetAt } from './sample.ts';

const eve = 'eve@elsewhere.test';

for (const inFlightMax of [1, 2, 8]) {
  test(`200 messages, ${inFlightMax} at a time on one connection, refusals among them: each is where it belongs`, async () => {
    await using server = await startEdge();
    const connection = await connectSmtp(
      targetAt(server.edge.port, { inFlightMax, answersAtOnce: true }),
    );
    assert.ok(connection.capabilities.has('CHUNKING') && connection.capabilities.has('PIPELINING'));
    const isRefused = (number: number) => number % 7 === 3;
    const bodyOf = (number: number) => `Subject: ${number}\r\n\r\n${'.x\r\n'.repeat(number * 20)}`;
    const results = await Promise.all(
      Array.from({ length: 200 }, (_, number) =>
        connection.send(messageTo([isRefused(number) ? eve : ana], { body: bodyOf(number) })),
      ),
    );
    for (const [number, { recipients }] of results.entries()) {
      assert.equal(recipients[0]?.reply.code, isRefused(number) ? 550 : 250, String(number));
    }
    await connection.close();
    const expected = results.map((_, number) => number).filter((number) => !isRefused(number));
    assert.deepEqual(
      server.host.taken.map(({ body }) => body),
      expected.map(bodyOf),
    );
    const named = server.host.taken.flatMap(({ envelope }) => envelope.recipients);
    assert.ok(named.every(({ address }) => address === ana));
  });
}
