// The accepted socket that is made again: if Node changes what it rests on, this says so.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, Socket } from 'node:net';
import { test } from 'node:test';
import { readIntoOneBuffer } from '../../src/server/one-read-buffer.ts';

test('what clients send comes whole and in order, each on its own socket, and the server still counts them', async () => {
  const server = createServer({ allowHalfOpen: true }, (accepted) => {
    const chunks: Buffer[] = [];
    const socket = readIntoOneBuffer(accepted, (chunk) => {
      chunks.push(chunk);
      // Read no further; the next turn asks for more.
      setImmediate(() => socket.resume());
      return false;
    });
    assert.notEqual(socket, accepted, 'Node still lets us');
    socket.on('end', () => socket.end(`${socket.remotePort} ${Buffer.concat(chunks).toString()}`));
    socket.resume();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await Promise.all(
    ['a', 'b'].map(async (letter) => {
      const client = connect(port, '127.0.0.1');
      const sent = letter.repeat(300_000);
      client.end(sent);
      await once(client, 'connect');
      const from = client.localPort;
      let answer = '';
      for await (const chunk of client) answer += String(chunk);
      assert.ok(answer === `${from} ${sent}`, 'its own bytes, all of them');
    }),
  );
  server.close();
  await once(server, 'close');
});

test('a socket that is not what is expected is left as it is', () => {
  const socket = new Socket();
  assert.equal(
    readIntoOneBuffer(socket, () => true),
    socket,
  );
});
