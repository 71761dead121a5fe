// A client that asks without reading the answers costs the server no memory (threat 13).
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { setTimeout as passed } from 'node:timers/promises';
import { startImapSite } from './imap-site.ts';

// Longer than a server at work takes to make room for the next piece.
const stillMs = 3_000;
const floodMaxBytes = 24 * 1024 * 1024;

/** Writes without reading until nothing goes any more; undefined when everything was taken. */
async function flood(socket: Socket, piece: Buffer): Promise<number | undefined> {
  socket.pause();
  let sentBytes = 0;
  while (sentBytes < floodMaxBytes) {
    sentBytes += piece.length;
    if (socket.write(piece)) continue;
    // What the kernels hold between us is theirs; then nothing goes any more.
    const isMoving = await once(socket, 'drain', { signal: AbortSignal.timeout(stillMs) }).then(
      () => true,
      () => false,
    );
    if (!isMoving) return sentBytes;
  }
  return undefined;
}

test('a stranger who asks 24 MB of CAPABILITY and reads nothing does not fill the memory (threat 13)', async () => {
  await using site = await startImapSite();
  await using client = await site.connect();
  const stuckAt = await flood(client.socket, Buffer.from('a CAPABILITY\r\n'.repeat(5_000)));
  assert.ok(stuckAt !== undefined, 'the server took all the questions and keeps the answers');
});

test('empty literals whose "+" nobody reads do not fill it either, and the answers come once they are read', async () => {
  await using site = await startImapSite();
  await using client = await site.enter();
  const command = `a SEARCH CHARSET${' {0}\r\n'.repeat(2_000)}\r\n`;
  const stuckAt = await flood(client.socket, Buffer.from(`${command}b NOOP\r\n`.repeat(20)));
  assert.ok(stuckAt !== undefined, 'the server took all the literals and keeps the answers');
  client.socket.resume();
  await client.until(/b OK/);
});

test('a stranger who does not read is gone when the time for a login is over (threat 13)', async () => {
  await using site = await startImapSite({ limits: { loginTimeoutMs: 1_000 } });
  await using client = await site.connect();
  await flood(client.socket, Buffer.from('a CAPABILITY\r\n'.repeat(5_000)));
  await client.rest();
});

test('who logs out of an account (UNAUTHENTICATE, RFC 8437) has the time of a newcomer', async () => {
  await using site = await startImapSite({ limits: { loginTimeoutMs: 1_500 } });
  await using client = await site.enter();
  await passed(1_700);
  await client.ok('UNAUTHENTICATE');
  // The server has looked at its clients by now.
  await passed(600);
  await client.ok('NOOP');
  assert.match(await client.rest(), /BYE/);
});
