// AUTH (RFC 4954): who is offered it, how an exchange goes, what ends it.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Certificates } from './certificates.ts';
import { eventually, startEdge, type TestEdgeOptions } from './dialogue-kit.ts';
import { NotingHost } from './noting-host.ts';
import { ana, decode, logsInByScram, OnePerson, plain } from './one-person.ts';
import type { Peer } from './peer.ts';

const certificates = new Certificates();
after(() => certificates[Symbol.dispose]());
certificates.authority('cluster-ca');
const tls = certificates.signed('mx.example.test', 'cluster-ca');

function startSubmission(options: TestEdgeOptions = {}) {
  const person = new OnePerson();
  const host = new NotingHost({ credentialsFor: () => person });
  return startEdge({ tls, host, requiresAuth: true, ...options }).then((server) =>
    Object.assign(server, { person }),
  );
}

async function encrypted(peer: Peer): Promise<string> {
  await peer.greets();
  await peer.startsTls();
  return peer.says('EHLO client.example.test', '250*');
}

test('nothing to log in with is offered in clear text, and AUTH is refused there (RFC 4954 §4, threat 5)', async () => {
  await using server = await startSubmission();
  const peer = await server.connect();
  assert.doesNotMatch(await peer.greets(), /AUTH/);
  await peer.says(`AUTH PLAIN ${plain()}`, '538 5.7.11 *');
  await peer.says('MAIL FROM:<ana@home.example.test>', '530 5.7.0 *STARTTLS*');
  assert.deepEqual(server.person.tries, []);
});

test('an edge without people does not know AUTH', async () => {
  await using server = await startEdge({ tls });
  const peer = await server.connect();
  assert.doesNotMatch(await encrypted(peer), /AUTH/);
  await peer.says(`AUTH PLAIN ${plain()}`, '502 5.5.1 *');
});

test('AUTH PLAIN with an initial response, and the trace says ESMTPSA (RFC 4616, RFC 3848)', async () => {
  await using server = await startSubmission();
  const peer = await server.connect();
  assert.match(await encrypted(peer), /\n250-AUTH SCRAM-SHA-256-PLUS SCRAM-SHA-256 PLAIN LOGIN\n/);
  await peer.says('MAIL FROM:<from@far.example.test>', '530 5.7.0 *log in*');
  await peer.says(`auth plain ${plain()}`, '235 2.7.0 *');
  await peer.says(`AUTH PLAIN ${plain()}`, '503 5.5.1 *');
  await peer.delivers('Subject: x\r\n\r\ny', '250 *');
  const [message] = server.host.taken;
  assert.equal(message?.protocol, 'ESMTPSA');
  assert.equal(message?.account, ana.login);
  // RFC 4954 §4: EHLO again does not log out.
  assert.doesNotMatch(await peer.says('EHLO client.example.test', '250*'), /AUTH/);
  await peer.says('MAIL FROM:<from@far.example.test>', '250 *');
});

test('AUTH PLAIN and LOGIN asked for line by line', async () => {
  await using server = await startSubmission();
  const first = await server.connect();
  await encrypted(first);
  await first.says('AUTH PLAIN', '334*');
  await first.says(plain(), '235 2.7.0 *');
  const second = await server.connect();
  await encrypted(second);
  assert.equal(decode(await second.says('AUTH LOGIN', '334 *')), 'Username:');
  await second.says(Buffer.from(ana.login).toString('base64'), '334 *');
  await second.says(Buffer.from(ana.password).toString('base64'), '235 2.7.0 *');
});

test('SCRAM-SHA-256: the server proves itself in one more challenge (RFC 5802, RFC 4954 §4)', async () => {
  await using server = await startSubmission();
  const peer = await server.connect();
  await encrypted(peer);
  assert.match(decode(await logsInByScram(peer, {})), /^v=/);
  await peer.says('', '235 2.7.0 *');
  const wrong = await server.connect();
  await encrypted(wrong);
  assert.match(await logsInByScram(wrong, { password: 'ein Esel' }), /^(535|334) /);
});

test('SCRAM-SHA-256-PLUS binds the login to the TLS connection (RFC 9266)', async () => {
  await using server = await startSubmission();
  const peer = await server.connect();
  await peer.greets();
  const socket = await peer.startsTls();
  await peer.says('EHLO client.example.test', '250*');
  const binding = socket.exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0));
  assert.match(decode(await logsInByScram(peer, { binding })), /^v=/);
  await peer.says('', '235 2.7.0 *');
  const between = await server.connect();
  await encrypted(between);
  assert.doesNotMatch(await logsInByScram(between, { binding: Buffer.alloc(32) }), /^334 dj1/);
});

test('a client may cancel, and what is no base64 ends the exchange (RFC 4954 §4)', async () => {
  await using server = await startSubmission();
  const peer = await server.connect();
  await encrypted(peer);
  await peer.says('AUTH PLAIN', '334*');
  await peer.says('*', '501 *');
  await peer.says('AUTH PLAIN', '334*');
  await peer.says('not base64!', '501 5.5.2 *');
  await peer.says('AUTH PLAIN =', '501 5.5.2 *');
  await peer.says('AUTH GSSAPI', '504 5.5.4 *');
  await peer.says('AUTH', '501 5.5.4 *');
  await peer.says(`AUTH PLAIN ${plain()} more`, '501 5.5.4 *');
  assert.deepEqual(server.person.tries, []);
  await peer.says(`AUTH PLAIN ${plain()}`, '235 *');
});

test('a line of an exchange may have 12288 octets, one more is refused (RFC 4954 §4)', async () => {
  await using server = await startSubmission();
  const peer = await server.connect();
  await encrypted(peer);
  await peer.says('AUTH PLAIN', '334*');
  await peer.says('A'.repeat(12_284), '5*');
  await peer.says('AUTH PLAIN', '334*');
  await peer.says('A'.repeat(12_288), '500 5.5.6 *');
  await peer.says(`AUTH PLAIN ${plain()}`, '235 *');
});

test('AUTH is not for the middle of a message, nor before EHLO (RFC 4954 §4)', async () => {
  await using server = await startSubmission({ requiresAuth: false });
  const peer = await server.connect();
  await peer.greets();
  await peer.startsTls();
  await peer.says(`AUTH PLAIN ${plain()}`, '503 5.5.1 *');
  await peer.says('HELO client.example.test', '250*');
  await peer.says(`AUTH PLAIN ${plain()}`, '503 5.5.1 *');
  await peer.says('EHLO client.example.test', '250*');
  await peer.says('MAIL FROM:<from@far.example.test> AUTH=<>', '250 *');
  await peer.says(`AUTH PLAIN ${plain()}`, '503 5.5.1 *');
  await peer.says('RSET', '250 *');
  await peer.says('MAIL FROM:<from@far.example.test> AUTH=e+3Dmc2@example.com', '250 *');
  await peer.says('RSET', '250 *');
  await peer.says('MAIL FROM:<from@far.example.test> AUTH=e+0Amc2', '501 5.5.4 *');
});

test('every refusal says what to do, and a session ends at the third (RFC 4954 §6)', async () => {
  await using server = await startSubmission();
  const peer = await server.connect();
  await encrypted(peer);
  await peer.says(`AUTH PLAIN ${plain(ana.login, 'wrong')}`, '535 5.7.8 *full mail address*');
  server.person.verdict = { kind: 'wait', seconds: 29.2 };
  await peer.says(`AUTH PLAIN ${plain()}`, '454 4.7.0 *wait 30 seconds*');
  server.person.verdict = { kind: 'unavailable' };
  await peer.says(`AUTH PLAIN ${plain()}`, '454 4.7.0 *');
  await peer.expects('421 4.7.0 *');
  await peer.isHungUpOn();
  server.person.verdict = { kind: 'suspended' };
  const second = await server.connect();
  await encrypted(second);
  await second.says(`AUTH PLAIN ${plain()}`, '525 5.7.13 *');
});

test('a login sent along with STARTTLS is never executed (threat 4, CVE-2011-0411)', async () => {
  await using server = await startSubmission();
  const peer = await server.connect();
  await peer.greets();
  peer.sends(`STARTTLS\r\nEHLO x.test\r\nAUTH PLAIN ${plain()}\r\nMAIL FROM:<a@b.test>\r\n`);
  await peer.expects('554 5.5.0 *');
  await peer.isHungUpOn();
  assert.deepEqual(server.person.tries, []);
});

test('who logged in in clear text is nobody after STARTTLS (RFC 3207 §4.2)', async () => {
  await using server = await startSubmission({ clearTextLogins: 'loopback' });
  const peer = await server.connect();
  assert.match(await peer.greets(), /\n250-AUTH SCRAM-SHA-256 PLAIN LOGIN\n/);
  await peer.says(`AUTH PLAIN ${plain()}`, '235 *');
  await peer.startsTls();
  await peer.says('EHLO client.example.test', '250*');
  await peer.says('MAIL FROM:<from@far.example.test>', '530 5.7.0 *');
});

test('TLS from the first byte (RFC 8314 §3.3): no STARTTLS, and clear text gets nothing', async () => {
  await using server = await startSubmission({ isTlsFromStart: true });
  const peer = await server.connect();
  await peer.handshakes();
  const offered = await peer.greets();
  assert.match(offered, /\n250-AUTH /);
  assert.doesNotMatch(offered, /STARTTLS/);
  await peer.says(`AUTH PLAIN ${plain()}`, '235 *');
  await peer.delivers('Subject: x\r\n\r\ny', '250 *');
  assert.equal(server.host.taken[0]?.protocol, 'ESMTPSA');
  const clear = await server.connect();
  clear.sends('EHLO client.example.test\r\n');
  await eventually(() => server.edge.sessions === 1, 'the one in clear text is gone');
  assert.deepEqual(
    server.events.filter(({ name }) => name === 'message.not-accepted'),
    [],
  );
});

test('a handshake that never begins ends, and too many clients are sent away without one (threat 13)', async () => {
  await using server = await startSubmission({
    isTlsFromStart: true,
    limits: { idleTimeoutMs: 300, connectionsPerAddressMax: 1 },
  });
  const slow = await server.connect();
  await eventually(() => server.edge.sessions === 1, 'it is there');
  const second = await server.connect();
  await second.isHungUpOn();
  await slow.isHungUpOn();
  await eventually(() => server.edge.sessions === 0, 'it is gone');
});

test('people are asked for no certificate, and their doors may be stricter about ciphers', async () => {
  const authority = certificates.authority('people-ca');
  const peerOf = (): string => 'shanghai';
  const floor = { minVersion: 'TLSv1.3' } as const;
  const strict = { ...tls, clusterCa: authority.cert, peerOf, floor };
  await using server = await startSubmission({ tls: strict });
  const peer = await server.connect();
  await peer.greets();
  await peer.startsTls(certificates.signed('shanghai.cluster', 'people-ca'));
  const offered = await peer.says('EHLO client.example.test', '250*');
  assert.match(offered, /AUTH/);
  assert.doesNotMatch(offered, /XRESTANTE/);
  const old = await server.connect();
  await old.greets();
  await assert.rejects(old.startsTls({ maxVersion: 'TLSv1.2' }));
});
