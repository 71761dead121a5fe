// A client that asks without reading the answers costs the server no memory (threat 13).
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, test } from 'node:test';
import { startPop3Site } from './pop3-site.ts';

// Longer than a server at work takes to make room for the next piece.
const stillMs = 4_000;
const floodMaxBytes = 24 * 1024 * 1024;

describe('a client that does not read', () => {
  test('is not read from either: a flood of CAPA before any login stops at the door', async () => {
    await using site = await startPop3Site();
    const socket = connect(site.server.port, '127.0.0.1');
    await once(socket, 'connect');
    socket.on('error', () => undefined);
    socket.pause();
    const questions = Buffer.from('CAPA\r\n'.repeat(10_000));
    let sentBytes = 0;
    try {
      while (sentBytes < floodMaxBytes) {
        sentBytes += questions.length;
        if (socket.write(questions)) continue;
        // What the kernels hold between us is theirs; then nothing goes any more.
        const isMoving = await once(socket, 'drain', { signal: AbortSignal.timeout(stillMs) }).then(
          () => true,
          () => false,
        );
        if (!isMoving) return;
      }
      assert.fail(`the server took ${sentBytes} bytes of questions and keeps all the answers`);
    } finally {
      socket.destroy();
    }
  });
});
