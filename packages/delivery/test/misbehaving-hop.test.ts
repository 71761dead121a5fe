// A next hop that refuses, hangs up, closes the channel and stutters at random, with many messages under way on each
// connection. Whatever it does: every attempt ends, "delivered" is said exactly of what was taken, nothing is taken twice.
import assert, { AssertionError } from 'node:assert/strict';
import { test } from 'node:test';
import { createHopDeliverer } from '@restante/delivery';
import type { DeliveryOutcome } from '@restante/mail-model';
import { startScriptedServer } from '@restante/smtp/testing';
import type { ScriptedPeer } from '@restante/smtp/testing';
import { messageFor, never } from './sample.ts';

type Misdeed = 'none' | 'defer' | 'refuse' | 'close' | 'drop';

for (const keywords of [['PIPELINING', 'CHUNKING'], ['PIPELINING'], ['CHUNKING'], []]) {
  test(`a hop that misbehaves at random, with ${keywords.join(' and ') || 'no extensions'}`, async () => {
    const seed = Math.trunc(Math.random() * 2 ** 31);
    const random = randomFrom(seed);
    const taken = new Map<string, number>();
    const misdeed = (): Misdeed => {
      const chance = random();
      if (chance < 0.05) return 'drop';
      if (chance < 0.08) return 'close';
      if (chance < 0.14) return 'defer';
      return chance < 0.2 ? 'refuse' : 'none';
    };
    await using server = await startScriptedServer((peer) =>
      misbehave(peer, { keywords, misdeed, taken }),
    );
    await using deliverer = createHopDeliverer({
      targets: async () => [
        {
          host: 'home.test',
          address: '127.0.0.1',
          port: server.port,
          protocol: 'smtp',
          helo: 'us.test',
          tls: { mode: 'none' },
          inFlightMax: 4,
        },
      ],
      pool: { limit: 3, messagesMax: 50, idleMaxMs: 1_000, stopGraceMs: 500 },
    });
    const ids = Array.from({ length: 300 }, (_, number) => `id${number}.`);
    const answers = await Promise.all(
      ids.map((id) => {
        const recipients = [`a-${id}x@home.test`, `b-${id}x@home.test`];
        const bytes = Buffer.from(`Subject: ${id}\r\n\r\n.${id}\r\n`);
        return deliverer.attempt(
          messageFor(recipients, { body: async () => ({ kind: 'bytes', bytes }) }),
          never,
        );
      }),
    );
    for (const [index, outcomes] of answers.entries()) {
      const id = ids[index]!;
      const hint = `seed ${seed}, message ${id}`;
      assert.equal(outcomes.length, 2, hint);
      const isDelivered = outcomes.some(({ outcome }) => outcome.kind === 'delivered');
      const times = taken.get(id) ?? 0;
      assert.ok(times <= 1, hint);
      if (isDelivered) assert.equal(times, 1, hint);
      // Taken without our knowledge: only when the connection broke after the last octet.
      else if (times === 1)
        assert.ok(
          outcomes.some(({ outcome }) => isUnknown(outcome)),
          hint,
        );
    }
    const mixedUp = server.problems.filter((problem) => problem instanceof AssertionError);
    assert.deepEqual(mixedUp, [], `seed ${seed}`);
    assert.ok(
      answers.flat().filter(({ outcome }) => outcome.kind === 'delivered').length > 30,
      `seed ${seed}`,
    );
  });
}

function isUnknown(outcome: DeliveryOutcome): boolean {
  return outcome.kind === 'deferred' && outcome.reply.text.includes('sent but not confirmed');
}

interface Behaviour {
  readonly keywords: readonly string[];
  readonly misdeed: () => Misdeed;
  readonly taken: Map<string, number>;
}

async function misbehave(
  peer: ScriptedPeer,
  { keywords, misdeed, taken }: Behaviour,
): Promise<void> {
  await peer.welcomes(...keywords);
  let sender = '';
  let named: string[] = [];
  /** True when the command may go on; otherwise the answer has been given, or the connection is gone. */
  const isWilling = async (): Promise<boolean> => {
    const what = misdeed();
    if (what === 'none') return true;
    if (what === 'defer') peer.says('451 4.3.0 later');
    if (what === 'refuse') peer.says('550-5.7.1 no', '550 5.7.1 never');
    if (what === 'close') peer.socket.end('421 4.3.2 closing\r\n');
    if (what === 'drop') peer.drops();
    if (what === 'close' || what === 'drop') throw new Error('gone');
    return false;
  };
  const take = async (text: string): Promise<void> => {
    const id = /^Subject: (.*)\r\n/.exec(text)?.[1] ?? '';
    // Nobody's message may end up in another one's envelope.
    assert.ok(
      sender !== '' && named.length > 0 && named.every((one) => one.includes(`-${id}x@`)),
      text,
    );
    sender = '';
    named = [];
    if (misdeed() === 'drop') {
      taken.set(id, (taken.get(id) ?? 0) + 1);
      peer.drops();
      throw new Error('gone');
    }
    if (!(await isWilling())) return;
    taken.set(id, (taken.get(id) ?? 0) + 1);
    peer.says('250 2.0.0 taken');
  };
  for (;;) {
    const line = await peer.line();
    const [verb = ''] = line.split(/[ :]/);
    if (verb === 'BDAT') {
      const text = await peer.bytes(Number(line.split(' ')[1]));
      if (named.length === 0) peer.says('554 5.5.1 no valid recipients');
      else await take(text);
    } else if (verb === 'DATA') {
      if (named.length === 0) peer.says('554 5.5.1 no valid recipients');
      else if (await isWilling()) {
        peer.says('354 go');
        await take((await peer.through('\r\n.\r\n')).slice(0, -3).replaceAll('\r\n..', '\r\n.'));
      }
    } else if (verb === 'MAIL') {
      if (sender !== '') peer.says('503 5.5.1 nested MAIL');
      else if (await isWilling()) {
        sender = line;
        peer.says('250 ok');
      }
    } else if (verb === 'RCPT') {
      if (sender === '') peer.says('503 5.5.1 need MAIL');
      else if (await isWilling()) {
        named.push(line);
        peer.says('250 ok');
      }
    } else if (verb === 'RSET') {
      sender = '';
      named = [];
      peer.says('250 ok');
    } else if (verb === 'QUIT') {
      peer.socket.end('221 bye\r\n');
      return;
    } else {
      peer.says('500 what?');
    }
  }
}

/** A small generator with a seed, so that a failure can be had again. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
