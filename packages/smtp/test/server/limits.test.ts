// How many, how long, how slowly (threat 13); and how it ends when the server stops.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually, startEdge } from './dialogue-kit.ts';
import { NotingHost } from './noting-host.ts';

test('too many sessions are told so: 421 4.3.2; the others go on', async () => {
  await using server = await startEdge({ limits: { connectionsMax: 2 } });
  const first = await server.connect();
  const second = await server.connect();
  await first.expects('220 *');
  await second.expects('220 *');
  const third = await server.connect();
  await third.expects('421 4.3.2 *');
  await third.isHungUpOn();
  first.hangUp();
  await eventually(() => server.edge.sessions === 1, 'two are gone');
  await (await server.connect()).expects('220 *');
});

test('one address has its own limit: 421 4.7.0', async () => {
  await using server = await startEdge({ limits: { connectionsPerAddressMax: 1 } });
  const first = await server.connect();
  await first.expects('220 *');
  await (await server.connect()).expects('421 4.7.0 *');
  const refused = server.events.find((event) => event.name === 'session.refused');
  assert.equal(refused?.reason, 'too-many-sessions-of-address');
});

test('a silent client is sent away: 421 4.4.2 (RFC 5321 §4.5.3.2.7)', async () => {
  await using server = await startEdge({ limits: { idleTimeoutMs: 200 } });
  const peer = await server.connect();
  await peer.greets();
  await peer.expects('421 4.4.2 *');
  await peer.isHungUpOn();
});

test('trickling a command does not buy time (threat 13)', async () => {
  await using server = await startEdge({ limits: { idleTimeoutMs: 300 } });
  const peer = await server.connect();
  await peer.greets();
  const trickle = setInterval(() => peer.sends('M'), 50);
  try {
    await peer.expects('421 4.4.2 *');
  } finally {
    clearInterval(trickle);
  }
});

test('trickling a body does not buy time; the sink is aborted', async () => {
  await using server = await startEdge({ limits: { dataMaxMs: 300 } });
  const peer = await server.connect();
  await peer.greets();
  await peer.says('MAIL FROM:<a@b.test>', '250 *');
  await peer.says('RCPT TO:<ana@home.example.test>', '250 *');
  await peer.says('DATA', '354 *');
  const trickle = setInterval(() => peer.sends('x'), 50);
  try {
    await peer.expects('421 4.4.2 *slowly*');
  } finally {
    clearInterval(trickle);
  }
  assert.equal(server.host.aborted.length, 1);
});

test('a session ends after its time, however busy it is', async () => {
  await using server = await startEdge({ limits: { sessionMaxMs: 400 } });
  const peer = await server.connect();
  await peer.greets();
  const busy = setInterval(() => peer.sends('RSET\r\n'), 20);
  try {
    let reply = await peer.reply();
    while (reply.startsWith('250')) reply = await peer.reply();
    assert.match(reply, /^421 4\.4\.2 .*session/);
  } finally {
    clearInterval(busy);
  }
});

test('a slow commit of ours is not held against the client', async () => {
  const gate = Promise.withResolvers<void>();
  const host = new NotingHost();
  host.gate = gate.promise;
  await using server = await startEdge({
    host,
    limits: { idleTimeoutMs: 150, dataMaxMs: 150, sessionMaxMs: 150 },
  });
  const peer = await server.connect();
  await peer.greets();
  peer.sends('MAIL FROM:<a@b.test>\r\nRCPT TO:<ana@home.example.test>\r\nBDAT 3 LAST\r\nx\r\n');
  await peer.expects('250 2.1.0 *');
  await eventually(() => host.committing === 1, 'the commit has begun');
  const since = performance.now();
  await eventually(() => performance.now() - since > 400, 'all deadlines have passed');
  gate.resolve();
  await peer.expects('250 2.1.5 *');
  await peer.expects('250 2.0.0 Taken');
});

test('stop: idle sessions get 421 at once, a transaction may end first', async () => {
  const server = await startEdge();
  const idle = await server.connect();
  const busy = await server.connect();
  await idle.greets();
  await busy.greets();
  await busy.says('MAIL FROM:<a@b.test>', '250 *');
  await busy.says('RCPT TO:<ana@home.example.test>', '250 *');
  const stopped = server.edge.stop(5_000);
  await idle.expects('421 4.3.2 *');
  await busy.says('DATA', '354 *');
  await busy.says('x\r\n.', '250 2.0.0 Taken');
  await busy.expects('421 4.3.2 *');
  await stopped;
  assert.equal(server.host.taken.length, 1);
  assert.equal(server.edge.sessions, 0);
});

test('stop: at the deadline a body that still comes is aborted, a commit that runs is answered', async () => {
  const gate = Promise.withResolvers<void>();
  const host = new NotingHost();
  const server = await startEdge({ host });
  const receiving = await server.connect();
  const committing = await server.connect();
  for (const peer of [receiving, committing]) {
    await peer.greets();
    await peer.says('MAIL FROM:<a@b.test>', '250 *');
    await peer.says('RCPT TO:<ana@home.example.test>', '250 *');
    await peer.says('DATA', '354 *');
  }
  host.gate = gate.promise;
  receiving.sends('half');
  committing.sends('whole\r\n.\r\n');
  await eventually(() => host.committing === 1, 'the commit has begun');
  const stopped = server.edge.stop(50);
  await receiving.expects('421 4.3.2 *');
  gate.resolve();
  await committing.expects('250 2.0.0 Taken');
  await stopped;
  assert.deepEqual([host.taken.length, host.aborted.length], [1, 1]);
});
