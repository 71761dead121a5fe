// Threats 1-9 against the whole product from outside: what a stranger sends, and what happens to it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startCluster, type Cluster } from '../kit/cluster.ts';
import { Dialogue } from '../kit/dialogue.ts';
import { until } from '../kit/until.ts';

let cluster: Cluster;
before(async () => {
  cluster = await startCluster();
});
after(async () => {
  await cluster[Symbol.asyncDispose]();
});

const relayAttempts = [
  'victim@elsewhere.test',
  'victim%elsewhere.test@DOMAIN',
  'elsewhere.test!victim@DOMAIN',
  '"victim@elsewhere.test"@DOMAIN',
  '@DOMAIN:victim@elsewhere.test',
  'victim@[192.0.2.1]',
  'victim@elsewhere.test@DOMAIN',
  'victim@elsewhere.test.',
  'nobody@sub.DOMAIN',
  'victim@ELSEWHERE.test',
  '"victim\0@elsewhere.test"@DOMAIN',
  'vic\u00fctim@elsewhere.test',
];
for (const attempt of relayAttempts) {
  test(`no relaying, in this spelling neither: ${JSON.stringify(attempt)} (threats 6, 7)`, async () => {
    for (const site of ['shanghai', 'us']) {
      const domain = cluster.site('shanghai').home[0] ?? '';
      await using dialogue = await Dialogue.open(cluster.site(site).smtp);
      await dialogue.say('EHLO stranger.test');
      await dialogue.say('MAIL FROM:<>');
      const reply = await dialogue.say(`RCPT TO:<${attempt.replaceAll('DOMAIN', domain)}>`);
      assert.ok(reply.code >= 500 && reply.code < 560, `${site}: ${reply.text}`);
    }
  });
}

test('a customer who forgot to log in is told what to do (551 5.7.1)', async () => {
  await using dialogue = await Dialogue.open(cluster.site('shanghai').smtp);
  await dialogue.say('EHLO customer.test');
  await dialogue.say(`MAIL FROM:<${cluster.accountAt('shanghai')}>`);
  const reply = await dialogue.say('RCPT TO:<friend@elsewhere.test>');
  assert.equal(reply.code, 551, reply.text);
  assert.match(reply.text, /5\.7\.1 .*not local.*log in/is);
});

// The endings of the SMTP smuggling papers: each must end nothing but the client's own message.
const endings = [
  '\n.\n',
  '\n.\r\n',
  '\r.\r',
  '\r.\r\n',
  '\r\n.\n',
  '\r\n.\r',
  '\n..\r\n',
  '\r\n\0.\r\n',
  '\r\r\n.\r\r\n',
];
for (const ending of endings) {
  test(`${JSON.stringify(ending)} does not end a message, and nothing is smuggled behind it (threat 1)`, async () => {
    const to = cluster.accountAt('shanghai');
    await using dialogue = await Dialogue.open(cluster.site('shanghai').smtp);
    await dialogue.say('EHLO smuggler.test');
    await dialogue.say('MAIL FROM:<a@smuggler.test>');
    await dialogue.say(`RCPT TO:<${to}>`);
    await dialogue.say('DATA');
    dialogue.write(
      `Subject: outer\r\n\r\nbody${ending}MAIL FROM:<b@smuggler.test>\r\nRCPT TO:<${to}>\r\nDATA\r\nSubject: smuggled\r\n\r\nx\r\n.\r\n`,
    );
    const reply = await dialogue.reply();
    // Refused (bare CR or LF), or taken as the one message it is; afterwards the session is in step.
    assert.ok([250, 550, 554].includes(reply.code), reply.text);
    assert.equal((await dialogue.say('NOOP')).code, 250);
    await until(async () => (await cluster.waiting('shanghai')) === 0, {
      what: 'everything is delivered',
    });
    const smuggled = (await cluster.maildirs('shanghai')).filter(
      (mail) => mail.header('Subject') === 'smuggled',
    );
    assert.equal(smuggled.length, 0);
  });
}

test('a message that has passed too many servers is refused as a loop (RFC 5321 §6.3)', async () => {
  await using dialogue = await Dialogue.open(cluster.site('us').smtp);
  await dialogue.say('EHLO loop.test');
  const data = `${'Received: from a by b; Sun, 22 Nov 2026 12:00:00 +0000\r\n'.repeat(120)}Subject: round\r\n\r\nx`;
  const replies = await dialogue.send({ from: 'x@loop.test', to: [cluster.accountAt('us')], data });
  assert.equal(replies.at(-1)?.code, 554, JSON.stringify(replies.at(-1)));
  assert.match(replies.at(-1)?.text ?? '', /5\.4\.6/);
});

test('an early talker is sent away and nothing it said is done (threat 3)', async () => {
  await using dialogue = await Dialogue.open(cluster.site('us').smtp, { greeting: false });
  dialogue.write(
    `EHLO early.test\r\nMAIL FROM:<x@early.test>\r\nRCPT TO:<${cluster.accountAt('us')}>\r\nDATA\r\n`,
  );
  const reply = await dialogue.reply();
  assert.ok([554, 503, 421].includes(reply.code), reply.text);
});

test('unknown MAIL and RCPT parameters are refused with 555 (RFC 5321 §4.1.1.11)', async () => {
  await using dialogue = await Dialogue.open(cluster.site('us').smtp);
  await dialogue.say('EHLO p.test');
  assert.equal((await dialogue.say('MAIL FROM:<a@p.test> FOO=bar')).code, 555);
  assert.equal((await dialogue.say('MAIL FROM:<a@p.test> XRESTANTE=abc')).code, 555);
});

test('the backup refuses unknown people of the other home while it is up, too (law 4)', async () => {
  const domain = cluster.site('shanghai').home[0] ?? '';
  await using dialogue = await Dialogue.open(cluster.site('us').smtp);
  await dialogue.say('EHLO s.test');
  await dialogue.say('MAIL FROM:<a@s.test>');
  const reply = await dialogue.say(`RCPT TO:<who.is.this@${domain}>`);
  assert.equal(reply.code, 550);
  assert.match(reply.text, /5\.1\.1/);
});
