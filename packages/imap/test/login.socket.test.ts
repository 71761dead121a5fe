// How a client comes in: greeting, TLS, passwords, mechanisms, and what never gets in.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { createSecureContext } from 'node:tls';
import { makeCertificate } from '../../../test/kit/false-papers.ts';
import { letter, startImapSite } from './imap-site.ts';
import { RawClient } from './raw-client.ts';

const certificate = await makeCertificate({ commonName: 'imap.example.test' });
const secureContext = createSecureContext(certificate);
const tls = () => ({ secureContext });
const plain = Buffer.from('\0ana@example.test\0correct horse').toString('base64');

test('STARTTLS forgets what was said before it, and its session begins anew (RFC 3501 §6.2.1, threat 4)', async () => {
  await using site = await startImapSite({ tls });
  await using client = await site.connect();
  assert.match(await client.say('CAPABILITY'), /STARTTLS/);
  // The injected command arrives in the same packet as STARTTLS.
  client.write('s STARTTLS\r\nevil CREATE stolen\r\nevil2 LOGIN a b\r\n');
  await client.until(/^s OK [^\r]*\r\n/);
  await client.startTls();
  const answer = await client.say('CAPABILITY');
  assert.doesNotMatch(answer, /evil/);
  assert.doesNotMatch(answer, /STARTTLS/);
  assert.match(await client.say('STARTTLS'), /BAD/);
  await client.ok(`AUTHENTICATE PLAIN ${plain}`);
  assert.deepEqual(site.failures, []);
});

test('TLS from the first byte, with a new certificate for new connections', async () => {
  let asked = 0;
  await using site = await startImapSite({
    isImplicitTls: true,
    tls: () => {
      asked += 1;
      return { secureContext };
    },
  });
  await using client = await RawClient.open(site.server.port, { tls: true });
  await client.ok('LOGIN ana@example.test "correct horse"');
  await using second = await RawClient.open(site.server.port, { tls: true });
  await second.ok('NOOP');
  assert.equal(asked, 2);
});

test('a handshake that fails ends the connection and nothing else', async () => {
  await using site = await startImapSite({ isImplicitTls: true, tls });
  const stranger = connect({ host: '127.0.0.1', port: site.server.port });
  stranger.write('a LOGIN ana@example.test "correct horse"\r\n');
  await once(stranger.resume(), 'close');
  await using client = await RawClient.open(site.server.port, { tls: true });
  await client.ok('NOOP');
  assert.deepEqual(site.failures, []);
});

test('AUTHENTICATE with and without initial response, and cancelled (RFC 3501 §6.2.2, RFC 4959)', async () => {
  await using site = await startImapSite();
  await using client = await site.connect();
  client.write('a AUTHENTICATE PLAIN\r\n');
  await client.until(/^\+ [^\r]*\r\n/);
  client.write('*\r\n');
  assert.match(await client.until(/^a [^\r]*\r\n/), /^a BAD/);
  client.write('b AUTHENTICATE PLAIN\r\n');
  await client.until(/^\+ [^\r]*\r\n/);
  client.write(`${plain}\r\n`);
  assert.match(await client.until(/^b [^\r]*\r\n/), /^b OK \[CAPABILITY /);
  assert.match(await client.say('LOGIN a b'), /BAD/);
});

test('an AUTHENTICATE that never ends is ended (threat 19)', async () => {
  await using site = await startImapSite();
  await using client = await site.connect();
  client.write('a AUTHENTICATE PLAIN\r\n');
  await client.until(/^\+ [^\r]*\r\n/);
  client.write('A'.repeat(100_000));
  assert.match(await client.rest(), /BYE/);
  await using other = await site.connect();
  assert.match(await other.say(`AUTHENTICATE PLAIN ${'A'.repeat(60_000)}`), /(?:BAD|NO) /);
});

test('wrong logins say the same for everybody and end after some (RFC 5530 §3, threat 11)', async () => {
  await using site = await startImapSite();
  await using client = await site.connect();
  const wrong = await client.say('LOGIN ana@example.test wrong');
  const unknown = await client.say('LOGIN nobody@example.test wrong');
  assert.match(wrong, /NO \[AUTHENTICATIONFAILED\]/);
  assert.equal(unknown.replace('t2', 't1'), wrong);
  await client.say('LOGIN ana@example.test wrong');
  assert.match(await client.rest(), /^\* BYE/);
});

test('UNAUTHENTICATE leaves nothing of the one before (RFC 8437)', async () => {
  await using site = await startImapSite();
  await site.deliver(letter('one'));
  await using client = await site.enter();
  await client.ok('ENABLE UTF8=ACCEPT');
  await client.ok('SELECT INBOX');
  await client.ok('UNAUTHENTICATE');
  assert.match(await client.say('FETCH 1 FLAGS'), /BAD/);
  assert.match(await client.say('LIST "" *'), /BAD/);
  await client.ok('LOGIN ana@example.test "correct horse"');
  assert.match(await client.ok('ENABLE UTF8=ACCEPT'), /ENABLED UTF8=ACCEPT/);
});
