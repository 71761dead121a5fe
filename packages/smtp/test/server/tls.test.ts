// STARTTLS (RFC 3207), and who counts as a peer: the certificate says it, nothing else (design §4.3).
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { smtpReply } from '@restante/mail-model';
import { Certificates } from './certificates.ts';
import { eventually, startEdge } from './dialogue-kit.ts';
import { NotingHost } from './noting-host.ts';

const certificates = new Certificates();
after(() => certificates[Symbol.dispose]());

const authority = certificates.authority('cluster-ca');
certificates.authority('other-ca');
const ours = certificates.signed('mx.example.test', 'cluster-ca');
const shanghai = certificates.signed('shanghai.cluster', 'cluster-ca');
const tls = {
  ...ours,
  clusterCa: authority.cert,
  peerOf: (name: string) => (name === 'shanghai.cluster' ? 'shanghai' : undefined),
};

test('after STARTTLS the session begins anew, over TLS 1.2 or later (RFC 3207 §4.2)', async () => {
  await using server = await startEdge({ tls });
  const peer = await server.connect();
  assert.match(await peer.greets(), /\n250-STARTTLS\n/);
  await peer.says('MAIL FROM:<a@b.test> REQUIRETLS', '530 5.7.10 *');
  await peer.says('MAIL FROM:<a@b.test>', '250 *');
  await peer.startsTls();
  await peer.says('MAIL FROM:<a@b.test>', '503 5.5.1 *');
  const offered = await peer.says('EHLO client.example.test', '250*');
  assert.doesNotMatch(offered, /STARTTLS|XRESTANTE|ETRN|BINARYMIME/);
  assert.match(offered, /250.REQUIRETLS/);
  await peer.says('RCPT TO:<ana@home.example.test>', '503 5.5.1 *');
  await peer.says('STARTTLS', '503 5.5.1 *');
  await peer.says('MAIL FROM:<a@b.test> REQUIRETLS', '250 *');
  await peer.says('RSET', '250 *');
  await peer.delivers('x', '250 *');
  assert.equal(server.host.taken[0]?.protocol, 'ESMTPS');
  assert.equal(server.host.taken[0]?.peer, undefined);
});

test('TLS 1.1 is not spoken', async () => {
  await using server = await startEdge({ tls });
  const peer = await server.connect();
  await peer.greets();
  await assert.rejects(
    peer.startsTls({ minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }),
  );
});

test('commands sent in clear behind STARTTLS are never executed (threat 4, CVE-2011-0411)', async () => {
  const host = new NotingHost();
  await using server = await startEdge({ tls, host });
  const peer = await server.connect();
  await peer.greets();
  peer.sends('STARTTLS\r\nEHLO evil.test\r\nMAIL FROM:<injected@evil.test>\r\n');
  await peer.expects('554 5.5.0 *');
  await peer.isHungUpOn();

  // The injected bytes in a segment of their own: they are taken for the handshake, and fail as one.
  const second = await server.connect();
  await second.greets();
  second.sends('STARTTLS\r\n');
  second.sends('MAIL FROM:<injected@evil.test>\r\n');
  const reply = await second.reply();
  assert.match(reply, /^(220|554)/);
  await second.isHungUpOn();
  await eventually(() => server.edge.sessions === 0, 'both are gone');
  assert.equal(host.taken.length, 0);
});

test('a certificate of the cluster makes a peer, with what is for peers only', async () => {
  const drained: string[] = [];
  const host = new NotingHost({
    startDrain: async (session, domain) => {
      drained.push(`${session.peer?.site} ${domain}`);
      return smtpReply(251, '2.0.0', 'Nothing waits');
    },
  });
  await using server = await startEdge({ tls, host });
  const peer = await server.connect();
  await peer.greets();
  await peer.startsTls(shanghai);
  const offered = await peer.says('EHLO shanghai.example.test', '250*');
  assert.match(offered, /250-ETRN\n/);
  assert.match(offered, /250-BINARYMIME\n/);
  assert.match(offered, /250.XRESTANTE/);
  await peer.says('ETRN home.example.test', '251 *');
  await peer.says('ETRN @Home.example.test', '251 *');
  await peer.says('ETRN #queue', '501 5.5.4 *');
  assert.deepEqual(drained, ['shanghai home.example.test', 'shanghai home.example.test']);
  await peer.says(`MAIL FROM:<a@b.test> BODY=BINARYMIME XRESTANTE=${'x'.repeat(10_000)}`, '250 *');
  await peer.says('RCPT TO:<ana@home.example.test>', '250 *');
  // RFC 3030 §3.
  await peer.says('DATA', '503 5.5.1 *');
  peer.sends('BDAT 3 LAST\r\nx\r\n');
  await peer.expects('250 *');
  const [message] = host.taken;
  assert.equal(message?.peer, 'shanghai');
  assert.equal(message?.mail.hop?.length, 10_000);
  assert.equal(message?.envelope.body, 'binarymime');
});

test('what was small enough for a stranger is small enough for his site with its own fields on top (law 4)', async () => {
  const limits = { messageMaxBytes: 50_000, headerMaxBytes: 20_000 };
  await using server = await startEdge({ tls, limits });
  const fields = `X-Ours: ${'x'.repeat(900)}\r\n`.repeat(30);
  const text = `${fields}\r\n${'x'.repeat(70)}\r\n`;
  const stranger = await server.connect();
  assert.match(await stranger.greets(), /SIZE 50000\n/);
  await stranger.says('MAIL FROM:<a@b.test> SIZE=51000', '552 *');
  await stranger.delivers(text, '552 5.3.4 *');
  const peer = await server.connect();
  await peer.greets();
  await peer.startsTls(shanghai);
  assert.doesNotMatch(await peer.says('EHLO shanghai.example.test', '250*'), /SIZE 50000\n/);
  await peer.says('MAIL FROM:<a@b.test> SIZE=51000', '250 *');
  await peer.says('RSET', '250 *');
  await peer.delivers(text, '250 *');
});

test('expired, foreign, unmapped and doubly named certificates are strangers, and welcome as such', async () => {
  await using server = await startEdge({ tls });
  const strangers = [
    certificates.signed('shanghai.cluster', 'other-ca'),
    certificates.signed('unknown.cluster', 'cluster-ca'),
    certificates.signed('twice', 'cluster-ca', {
      subject: '/CN=shanghai.cluster/CN=shanghai.cluster',
    }),
    certificates.signed('expired', 'cluster-ca', { subject: '/CN=shanghai.cluster', days: -1 }),
  ];
  for (const stranger of strangers) {
    const peer = await server.connect();
    await peer.greets();
    await peer.startsTls(stranger);
    assert.doesNotMatch(await peer.says('EHLO x.test', '250*'), /XRESTANTE/);
    await peer.delivers('x', '250 *');
    assert.equal(server.host.taken.at(-1)?.peer, undefined);
  }
});

test('a resumed session without a certificate is no peer', async () => {
  await using server = await startEdge({ tls });
  const first = await server.connect();
  await first.greets();
  const socket = await first.startsTls();
  const session = new Promise<Buffer>((resolve) => socket.once('session', resolve));
  await first.says('EHLO x.test', '250*');
  const second = await server.connect();
  await second.greets();
  await second.startsTls({ session: await session });
  assert.doesNotMatch(await second.says('EHLO x.test', '250*'), /XRESTANTE/);
});

test('a handshake that does not end is cut off (threat 13)', async () => {
  await using server = await startEdge({ tls, limits: { idleTimeoutMs: 200 } });
  const peer = await server.connect();
  await peer.greets();
  await peer.says('STARTTLS', '220 *');
  await peer.isHungUpOn();
  await eventually(() => server.edge.sessions === 0, 'it is gone');
});

test('a new certificate is shown to new sessions (setTls)', async () => {
  await using server = await startEdge({ tls });
  const renewed = certificates.signed('mx2.example.test', 'cluster-ca');
  server.edge.setTls({ ...tls, ...renewed });
  const peer = await server.connect();
  await peer.greets();
  const socket = await peer.startsTls();
  assert.equal(socket.getPeerCertificate().subject.CN, 'mx2.example.test');
});

test('a message over TLS, pipelined and large, arrives byte for byte', async () => {
  await using server = await startEdge({ tls });
  const peer = await server.connect();
  await peer.greets();
  await peer.startsTls();
  await peer.says('EHLO x.test', '250*');
  const body = `\r\n${`${'x'.repeat(76)}\r\n`.repeat(8_000)}`;
  await peer.delivers(body, '250 *');
  assert.equal(server.host.taken[0]?.body, `${body}\r\n`);
});
