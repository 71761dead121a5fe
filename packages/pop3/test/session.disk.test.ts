// Dialogues as in RFC 1939, over a real mailbox.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Peer } from './peer.ts';
import { ana, letter, password, startPop3Site, type Pop3Site } from './pop3-site.ts';

async function loggedIn(site: Pop3Site): Promise<Peer> {
  const peer = await Peer.connect(site.secured.port, { isTls: true });
  await peer.expects('+OK *');
  await peer.says(`USER ${ana}`, '+OK *');
  await peer.says(`PASS ${password}`, '+OK *');
  return peer;
}

async function freed(site: Pop3Site): Promise<void> {
  while (site.secured.sessions + site.server.sessions > 0) await pause(5);
}

test('a whole session: STAT, LIST, UIDL, RETR, TOP, DELE, RSET, QUIT (RFC 1939 §5, §7)', async () => {
  await using site = await startPop3Site();
  const dotty = letter(2, '.\r\n..two\r\nlast\r\n');
  await site.deliver(letter(1), dotty);
  using peer = await loggedIn(site);
  await peer.says('STAT', `+OK 2 ${letter(1).length + dotty.length}`);
  await peer.says('LIST', '+OK *');
  assert.equal(await peer.lines(), `1 ${letter(1).length}\r\n2 ${dotty.length}`);
  await peer.says('LIST 2', `+OK 2 ${dotty.length}`);
  await peer.says('LIST 3', '-ERR *');
  const ids = await peer.says('UIDL 1', '+OK 1 00000001*');
  await peer.says('RETR 2', '+OK *');
  assert.equal(`${await peer.lines()}\r\n`, dotty.replaceAll('\r\n.', '\r\n..'));
  await peer.says('TOP 2 1', '+OK *');
  assert.match(await peer.lines(), /letter 2\r\n[^]*\r\n\r\n\.\.$/);
  await peer.says('TOP 1 0', '+OK *');
  assert.match(await peer.lines(), /<1@far\.test>\r\n$/);
  await peer.says('DELE 1', '+OK *');
  await peer.says('DELE 1', '-ERR *');
  await peer.says('RETR 1', '-ERR *');
  await peer.says('STAT', `+OK 1 ${dotty.length}`);
  await peer.says('RSET', '+OK *');
  await peer.says('DELE 1', '+OK *');
  await peer.says('NOOP', '+OK *');
  await peer.says('QUIT', '+OK *1 messages deleted');
  await peer.isHungUpOn();
  assert.deepEqual(await site.inbox(), ['2 \\Seen']);
  using again = await loggedIn(site);
  await again.says('UIDL 1', `+OK 1 ${ids.slice(6).replace('00000001', '00000002')}`);
});

test('without QUIT nothing is deleted (RFC 1939 §6, threat 37)', async () => {
  await using site = await startPop3Site();
  await site.deliver(letter(1), letter(2));
  for (const leave of [(peer: Peer) => peer.hangUp(), (peer: Peer) => peer.sends('QUIT')]) {
    const peer = await loggedIn(site);
    await peer.says('RETR 1', '+OK *');
    await peer.lines();
    await peer.says('DELE 1', '+OK *');
    leave(peer);
    peer.hangUp();
    await freed(site);
  }
  const peer = await loggedIn(site);
  await peer.says('DELE 2', '+OK *');
  await site.secured.stop(0);
  await peer.isHungUpOn();
  assert.deepEqual(await site.inbox(), ['1', '2']);
});

test('one session at a time; the next one hears IN-USE (RFC 2449 §8.1.1)', async () => {
  await using site = await startPop3Site();
  const first = await loggedIn(site);
  using second = await Peer.connect(site.secured.port, { isTls: true });
  await second.expects('+OK *');
  await second.says(`USER ${ana}`, '+OK *');
  await second.says(`PASS ${password}`, '-ERR [IN-USE] *');
  first.hangUp();
  while (site.secured.sessions > 1) await pause(5);
  await second.says(`USER ${ana}`, '+OK *');
  await second.says(`PASS ${password}`, '+OK *');
});

test('no password in clear text, and none is asked for there (RFC 2595 §2.1, threat 5)', async () => {
  await using site = await startPop3Site();
  using peer = await Peer.connect(site.server.port);
  await peer.expects('+OK *');
  await peer.says('CAPA', '+OK *');
  const offered = await peer.lines();
  assert.match(
    offered,
    /^TOP\r\nUIDL\r\nRESP-CODES\r\nAUTH-RESP-CODE\r\nPIPELINING\r\nEXPIRE NEVER\r\n/m,
  );
  assert.match(offered, /STLS/);
  assert.doesNotMatch(offered, /USER|SASL/);
  await peer.says(`USER ${ana}`, '-ERR [AUTH] *');
  await peer.says(`PASS ${password}`, '-ERR [AUTH] *');
  await peer.says('AUTH PLAIN', '-ERR [AUTH] *');
  await peer.startsTls();
  await peer.says('CAPA', '+OK *');
  const inside = await peer.lines();
  assert.match(inside, /^USER\r\nSASL SCRAM-SHA-256-PLUS SCRAM-SHA-256 PLAIN LOGIN\r\n/m);
  assert.doesNotMatch(inside, /STLS/);
  await peer.says('STLS', '-ERR *');
  await peer.says(`AUTH PLAIN ${encode(`\0${ana}\0${password}`)}`, '+OK 0 messages *');
  await peer.says('STLS', '-ERR *');
  await peer.says('CAPA', '+OK *');
  assert.doesNotMatch(await peer.lines(), /STLS|SASL|USER/);
});

test('what is sent in clear behind STLS is never executed (threat 4, CVE-2011-0411)', async () => {
  await using site = await startPop3Site();
  using peer = await Peer.connect(site.server.port);
  await peer.expects('+OK *');
  peer.sends(`STLS\r\nUSER ${ana}\r\nPASS ${password}\r\n`);
  await peer.expects('-ERR *behind STLS*');
  await peer.isHungUpOn();
  using clean = await Peer.connect(site.server.port);
  await clean.expects('+OK *');
  await clean.says(`USER nobody`, '-ERR *');
  await clean.startsTls();
  await clean.says(`PASS ${password}`, '-ERR USER comes first');
});

test('AUTH line by line, cancelled, malformed; wrong passwords end the session (RFC 5034 §4)', async () => {
  await using site = await startPop3Site();
  using peer = await Peer.connect(site.secured.port, { isTls: true });
  await peer.expects('+OK *');
  await peer.says('AUTH LOGIN', '+ *');
  await peer.says('*', '-ERR *');
  await peer.says('AUTH PLAIN', '+ ');
  await peer.says('no base64!', '-ERR *');
  await peer.says('AUTH GSSAPI', '-ERR *');
  await peer.says('STAT', '-ERR *');
  await peer.says('USER nobody@here.test', '+OK *');
  const unknown = await peer.says('PASS x', '-ERR [AUTH] *');
  await peer.says(`USER ${ana}`, '+OK *');
  assert.equal(await peer.says('PASS x', '-ERR [AUTH] *'), unknown);
  await peer.says(`AUTH PLAIN ${encode(`\0${ana}\0x`)}`, '-ERR [AUTH] *');
  await peer.isHungUpOn();
});

test('a pipelined session is answered in order (RFC 2449 §6.6)', async () => {
  await using site = await startPop3Site();
  await site.deliver(letter(1), letter(2));
  using peer = await Peer.connect(site.secured.port, { isTls: true });
  peer.sends(`USER ${ana}\r\nPASS ${password}\r\nSTAT\r\nRETR 1\r\nDELE 1\r\nNOOP\r\nQUIT\r\n`);
  for (const pattern of ['+OK mx.here.test*', '+OK *', '+OK 2 *', '+OK 2 *', '+OK *']) {
    await peer.expects(pattern);
  }
  assert.equal(`${await peer.lines()}\r\n`, letter(1));
  for (const pattern of ['+OK *', '+OK *', '+OK *1 messages*']) await peer.expects(pattern);
  await peer.isHungUpOn();
  assert.deepEqual(await site.inbox(), ['2']);
});

test('a large message comes whole, and mail that arrives meanwhile changes no number', async () => {
  await using site = await startPop3Site();
  const large = letter(1, `.${'0123456789'.repeat(7)}\r\n`.repeat(40_000));
  await site.deliver(large);
  using peer = await loggedIn(site);
  await site.deliver(letter(2));
  await peer.says('STAT', `+OK 1 ${large.length}`);
  await peer.says('RETR 1', '+OK *');
  assert.ok(`${await peer.lines()}\r\n` === large.replaceAll('\r\n.', '\r\n..'), 'byte for byte');
  await peer.says('TOP 1 2', '+OK *');
  assert.equal((await peer.lines()).split('\r\n').length, 7);
});

test('endless lines, silence and strangers are sent away (threats 13, 14)', async () => {
  await using site = await startPop3Site({ loginTimeoutMs: 300, badCommandsMax: 2 });
  using long = await Peer.connect(site.server.port);
  await long.expects('+OK *');
  long.sends('A'.repeat(20_000));
  await long.expects('-ERR The line is too long');
  using silent = await Peer.connect(site.server.port);
  await silent.expects('+OK *');
  using handshake = await Peer.connect(site.secured.port);
  using browser = await Peer.connect(site.server.port);
  await browser.expects('+OK *');
  await browser.says('GET / HTTP/1.1', '-ERR *');
  await browser.says('Host: x', '-ERR *');
  for (const peer of [silent, handshake, browser, long]) await peer.isHungUpOn();
  await freed(site);
});

function encode(text: string): string {
  return Buffer.from(text).toString('base64');
}
