// What nobody sends by accident (threat 13, 17, 19).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import { letter, startImapSite } from './imap-site.ts';

test('a stranger may not announce a large literal (RFC 7888 §5, threat 19)', async () => {
  await using site = await startImapSite();
  await using client = await site.connect();
  assert.match(await client.say('LOGIN {4294967295}'), /NO \[TOOBIG\]/);
  await client.ok('NOOP');
  client.write('a LOGIN {5000+}\r\n');
  client.write(`${'x'.repeat(5000)} b\r\n`);
  assert.match(await client.until(/^a [^\r]*\r\n/), /BAD \[TOOBIG\]/);
  client.write('b LOGIN {4294967295+}\r\n');
  assert.match(await client.rest(), /^\* BYE/);
});

test('a command without an end, and one of parentheses only, are ended before login (threat 19)', async () => {
  await using site = await startImapSite();
  await using client = await site.connect();
  client.write('a LOGIN '.padEnd(70_000, '('));
  assert.match(await client.rest(), /BYE/);
});

test('many small literals do not add up to more than a large one (threat 19)', async () => {
  await using site = await startImapSite();
  await using client = await site.connect();
  client.write(`a LOGIN ${'{4000+}\r\n'.padEnd(4009, 'x')}`.repeat(1));
  for (let count = 0; count < 20; count += 1) client.write(` {4000+}\r\n${'x'.repeat(4000)}`);
  client.write('\r\n');
  assert.match(await client.until(/(?:a [A-Z]+|\* BYE)[^\r]*\r\n/), /TOOBIG|BYE/);
});

test('parentheses in parentheses and sets of everything cost nothing once inside', async () => {
  await using site = await startImapSite();
  await site.deliver(letter('one'));
  await using client = await site.enter();
  await client.ok('SELECT INBOX');
  assert.match(await client.say(`SEARCH ${'('.repeat(100_000)}`), /BAD/);
  assert.match(await client.say(`SEARCH ${'NOT '.repeat(50_000)}ALL`), /BAD/);
  const startMs = performance.now();
  const answer = await client.say(`UID FETCH ${'1:4294967295,'.repeat(5_000)}1 UID`);
  assert.match(answer, /^\* 1 FETCH \(UID 1\)\r\nt\d+ OK/);
  assert.ok(performance.now() - startMs < 5_000);
  assert.match(await client.say('FETCH 1:4294967295 UID'), /BAD/);
  assert.deepEqual(site.failures, []);
});

test('names that would climb out of the mailbox are refused', async () => {
  await using site = await startImapSite();
  await using client = await site.enter();
  for (const name of ['"../x"', '"a/../../b"', '"/etc/passwd"', '".."', '"a//b"', '"a.b/.."']) {
    assert.match(await client.say(`CREATE ${name}`), / NO \[CANNOT\]/, name);
    assert.match(await client.say(`SELECT ${name}`), / NO /, name);
    assert.match(await client.append(name, letter('x')), / NO /, name);
  }
  assert.deepEqual(site.failures, []);
});

test('a client that speaks another protocol is sent away', async () => {
  await using site = await startImapSite();
  await using client = await site.connect();
  client.write('GET / HTTP/1.1\r\nHost: x\r\nUser-Agent: y\r\n'.repeat(10));
  assert.match(await client.rest(), /BYE/);
});

test('more connections from one address than allowed are told so (threat 13)', async () => {
  await using site = await startImapSite({ limits: { connectionsPerAddressMax: 2 } });
  await using one = await site.connect();
  await using two = await site.connect();
  await using three = await site.connect();
  assert.equal(await three.rest(), '');
  await one.ok('NOOP');
  await two.ok('NOOP');
});

test('a bomb in DEFLATE is met by the same limits (RFC 4978, threat 17)', async () => {
  await using site = await startImapSite();
  await using client = await site.enter();
  await client.ok('COMPRESS DEFLATE');
  client.write(deflateRawSync(Buffer.alloc(64 * 1024 * 1024, 0x28), { level: 9 }));
  await client.rest();
  await using other = await site.enter();
  await other.ok('NOOP');
  assert.deepEqual(site.failures, []);
});

test('a stranger who trickles has to be done in time (threat 13)', async () => {
  await using site = await startImapSite({ limits: { loginTimeoutMs: 200 } });
  await using client = await site.connect();
  assert.match(await client.rest(), /BYE/);
});
