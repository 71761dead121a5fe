// Both ends of ours on one wire: the client's pipelining and chunks against the edge's rules.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Envelope } from '@restante/mail-model';
import { connectSmtp } from '../../src/client/connect-smtp.ts';
import type { SmtpTarget, TlsPolicy } from '../../src/client/smtp-connection.ts';
import { Certificates } from './certificates.ts';
import { startEdge } from './dialogue-kit.ts';

const certificates = new Certificates();
after(() => certificates[Symbol.dispose]());
const authority = certificates.authority('cluster-ca');
const ours = certificates.signed('mx.example.test', 'cluster-ca');
const peer = certificates.signed('us.cluster', 'cluster-ca');
const tls = {
  ...ours,
  clusterCa: authority.cert,
  peerOf: (name: string) => name.replace('.cluster', ''),
};

const envelope: Envelope = {
  sender: 'from@far.example.test',
  recipients: [
    {
      address: 'ana@home.example.test',
      notify: ['failure'],
      originalRecipient: 'rfc822;a=b@x.test',
    },
    { address: 'eve@elsewhere.test' },
  ],
  body: '8bitmime',
  smtpUtf8: false,
  dsnReturn: 'headers',
  envelopeId: 'id+1',
};

function target(port: number, policy: TlsPolicy): SmtpTarget {
  return {
    host: 'mx.example.test',
    address: '127.0.0.1',
    port,
    protocol: 'smtp',
    helo: 'us.example.test',
    tls: policy,
  };
}

for (const [what, policy] of [
  ['in clear text', { mode: 'none' }],
  ['as a peer over TLS', { mode: 'required', verify: false, ...peer }],
] as const) {
  test(`our client hands messages to our edge ${what}, one after the other`, async () => {
    await using server = await startEdge({ tls });
    const connection = await connectSmtp(target(server.edge.port, policy));
    const bodies = [
      'Subject: one\r\n\r\n.\r\n..\r\nx\xff\r\n',
      `\r\n${`${'y'.repeat(70)}\r\n`.repeat(9_000)}`,
    ];
    for (const body of bodies) {
      const mailParameters = new Map([['XRESTANTE', 'note']]);
      const result = await connection.send({
        envelope,
        body: { kind: 'bytes', bytes: Buffer.from(body, 'latin1') },
        mailParameters,
      });
      assert.deepEqual(
        result.recipients.map(({ reply }) => reply.code),
        [250, 550],
      );
    }
    await connection.close();
    assert.deepEqual(
      server.host.taken.map((message) => message.body),
      bodies,
    );
    const [first] = server.host.taken;
    assert.deepEqual(first?.envelope, { ...envelope, recipients: envelope.recipients.slice(0, 1) });
    const isPeer = policy.mode === 'required';
    assert.equal(first?.peer, isPeer ? 'us' : undefined);
    assert.equal(first?.mail.hop, isPeer ? 'note' : undefined);
  });
}
