// The session around a message: greeting, hello, sequence, small verbs, bad commands.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startEdge } from './dialogue-kit.ts';

test('a whole session, one command after the other (RFC 5321 §4.1.4)', async () => {
  await using server = await startEdge();
  const peer = await server.connect();
  await peer.expects('220 mx.example.test ESMTP');
  await peer.says(
    'EHLO client.example.test',
    '250-mx.example.test\n250-PIPELINING\n250-SIZE 1000000\n250-8BITMIME\n250-SMTPUTF8\n' +
      '250-DSN\n250-ENHANCEDSTATUSCODES\n250-CHUNKING\n250 LIMITS RCPTMAX=100',
  );
  await peer.says('MAIL FROM:<from@far.example.test>', '250 2.1.0 *');
  await peer.says('RCPT TO:<ana@home.example.test>', '250 2.1.5 *');
  await peer.says('DATA', '354 *');
  await peer.says('Subject: hello\r\n\r\n..dot\r\n.', '250 2.0.0 *');
  await peer.says('QUIT', '221 2.0.0 *');
  await peer.isHungUpOn();
  const [message] = server.host.taken;
  assert.equal(message?.body, 'Subject: hello\r\n\r\n.dot\r\n');
  assert.deepEqual(message?.envelope, {
    sender: 'from@far.example.test',
    recipients: [{ address: 'ana@home.example.test' }],
    body: '7bit',
    smtpUtf8: false,
  });
  assert.equal(message?.protocol, 'ESMTP');
});
