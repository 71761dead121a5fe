import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatReceived, type ReceivedFacts } from './received-header.ts';

const facts: ReceivedFacts = {
  session: {
    helo: 'client.example.test',
    remoteAddress: '192.0.2.7',
    protocol: 'ESMTPS',
    tls: 'TLSv1.3 TLS_AES_256_GCM_SHA384',
  },
  hostname: 'mx.example.test',
  id: 'm0123',
  envelope: { recipients: [{ address: 'ana@home.example.test' }] },
  atMs: Date.UTC(2026, 10, 2, 3, 4, 5),
};

test('the trace says from, by, with, id, for and when (RFC 5321 §4.4, RFC 3848)', () => {
  assert.equal(
    formatReceived(facts),
    'Received: from client.example.test ([192.0.2.7])\r\n' +
      '\tby mx.example.test with ESMTPS (TLSv1.3 TLS_AES_256_GCM_SHA384) id m0123\r\n' +
      '\tfor <ana@home.example.test>; Mon, 2 Nov 2026 03:04:05 +0000\r\n',
  );
});

test('several recipients are not told of each other (RFC 5321 §7.6)', () => {
  const envelope = { recipients: [{ address: 'a@x.test' }, { address: 'b@x.test' }] };
  assert.doesNotMatch(formatReceived({ ...facts, envelope }), /for </);
});

test('nothing a client says can begin a new header line (threat 10)', () => {
  const session = { ...facts.session, helo: 'x\r\nBcc: y (z', remoteAddress: '2001:db8::1' };
  const field = formatReceived({ ...facts, session, clientName: 'a\nb' });
  assert.equal(field.split('\r\n').length, 4);
  assert.match(field, /^Received: from x\?\?Bcc:\?y\?\?z \(a\?b \[IPv6:2001:db8::1\]\)\r\n\t/);
});

test('the trace of submitted mail tells nothing of its client (RFC 3848, threat 29)', () => {
  const session = { ...facts.session, protocol: 'ESMTPSA' };
  const field = formatReceived({ ...facts, session, hidesClient: true });
  assert.match(
    field,
    /^Received: from mx\.example\.test \(submitted with a login\)\r\n\tby mx\.example\.test with ESMTPSA /,
  );
  assert.doesNotMatch(field, /client|192\.0\.2\.7/);
});
