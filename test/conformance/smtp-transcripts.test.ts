// The SMTP of a running site against transcripts that read like those in the standards. C: is said, S: is expected; a star stands for
// anything, and a reply may have further lines.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startBackupSite, type BackupSite } from '../kit/backup-site.ts';
import { Dialogue } from '../kit/dialogue.ts';
import { freePort } from '../kit/free-port.ts';
import { temporaryDirectory, type TemporaryDirectory } from '../kit/temporary-directory.ts';

let dir: TemporaryDirectory;
let site: BackupSite;
before(async () => {
  dir = await temporaryDirectory();
  site = await startBackupSite({
    dir: join(dir.path, 'site'),
    home: `127.0.0.1:${await freePort()}`,
  });
});
after(async () => {
  await site[Symbol.asyncDispose]();
  await dir[Symbol.asyncDispose]();
});

const transcripts: Readonly<Record<string, string>> = {
  'a typical transaction (RFC 5321 §D.1)': `
    S: 220 mx2.home.test ESMTP*
    C: EHLO bar.test
    S: 250*mx2.home.test*
    C: MAIL FROM:<Smith@bar.test>
    S: 250 2.1.0*
    C: RCPT TO:<ana@home.test>
    S: 250 2.1.5*
    C: RCPT TO:<Green@home.test>
    S: 550 5.1.1*
    C: RCPT TO:<bo@home.test>
    S: 250 2.1.5*
    C: DATA
    S: 354*
    C: Subject: blah
    C:
    C: Blah blah blah...
    C: ...etc. etc. etc.
    C: .
    S: 250 2.0.0*
    C: QUIT
    S: 221 2.0.0*`,
  'a transaction that is given up (RFC 5321 §D.2)': `
    S: 220*
    C: EHLO bar.test
    S: 250*
    C: MAIL FROM:<Smith@bar.test>
    S: 250*
    C: RCPT TO:<ana@home.test>
    S: 250*
    C: RSET
    S: 250 2.0.0*
    C: DATA
    S: 503 5.5.1*
    C: QUIT
    S: 221*`,
  'an old client says HELO and is served (RFC 5321 §4.1.1.1)': `
    S: 220*
    C: HELO bar.test
    S: 250 mx2.home.test*
    C: MAIL FROM:<>
    S: 250*
    C: RCPT TO:<ana@home.test>
    S: 250*
    C: DATA
    S: 354*
    C: .
    S: 250*
    C: QUIT
    S: 221*`,
  'commands out of order are refused, the session goes on (RFC 5321 §4.1.4)': `
    S: 220*
    C: MAIL FROM:<a@bar.test>
    S: 503*
    C: EHLO bar.test
    S: 250*
    C: RCPT TO:<ana@home.test>
    S: 503 5.5.1*
    C: DATA
    S: 503 5.5.1*
    C: MAIL FROM:<a@bar.test>
    S: 250*
    C: MAIL FROM:<b@bar.test>
    S: 503 5.5.1*
    C: NOOP still here
    S: 250*
    C: QUIT
    S: 221*`,
  'postmaster is always there, in any case (RFC 5321 §4.5.1)': `
    S: 220*
    C: EHLO bar.test
    S: 250*
    C: MAIL FROM:<>
    S: 250*
    C: RCPT TO:<PostMaster@home.test>
    S: 250*
    C: QUIT
    S: 221*`,
  'VRFY gives nobody away (RFC 5321 §3.5.3)': `
    S: 220*
    C: EHLO bar.test
    S: 250*
    C: VRFY ana
    S: 252*
    C: VRFY nobody
    S: 252*
    C: QUIT
    S: 221*`,
  'parameters: unknown ones and wrong ones (RFC 5321 §4.1.1.11, RFC 1870, RFC 6152, RFC 3461)': `
    S: 220*
    C: EHLO bar.test
    S: 250*
    C: MAIL FROM:<a@bar.test> FOO=1
    S: 555 5.5.4*
    C: MAIL FROM:<a@bar.test> SIZE=999999999999
    S: 552 5.3.4*
    C: MAIL FROM:<a@bar.test> BODY=9BIT
    S: 501 5.5.4*
    C: MAIL FROM:<a@bar.test> BODY=8BITMIME SIZE=1000 RET=HDRS ENVID=QQ314159
    S: 250*
    C: RCPT TO:<ana@home.test> NOTIFY=NEVER,SUCCESS
    S: 501 5.5.4*
    C: RCPT TO:<ana@home.test> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;Bob@bar.test
    S: 250*
    C: QUIT
    S: 221*`,
  'BDAT, the message in chunks (RFC 3030 §4.2)': `
    S: 220*
    C: EHLO bar.test
    S: 250*
    C: MAIL FROM:<Sam@bar.test>
    S: 250*
    C: RCPT TO:<ana@home.test>
    S: 250*
    C: BDAT 14
    C: Subject: abc
    S: 250*
    C: BDAT 6 LAST
    C:
    C: xx
    S: 250 2.0.0*
    C: QUIT
    S: 221*`,
  'a whole group in one flight is answered in order (RFC 2920 §3.1)': `
    S: 220*
    C: EHLO bar.test
    S: 250*
    C: MAIL FROM:<a@bar.test>
    C: RCPT TO:<ana@home.test>
    C: RCPT TO:<nobody@home.test>
    C: RCPT TO:<x@elsewhere.test>
    C: DATA
    S: 250*
    S: 250*
    S: 550 5.1.1*
    S: 550 5.7.1*
    S: 354*
    C: Subject: x
    C: .
    C: QUIT
    S: 250*
    S: 221*`,
};

for (const [title, transcript] of Object.entries(transcripts)) {
  test(title, async () => {
    await using dialogue = await Dialogue.open(site.smtp, { greeting: false });
    let flight = '';
    for (const line of transcript
      .trim()
      .split('\n')
      .map((text) => text.trim())) {
      const said = line.slice(3);
      if (line.startsWith('C:')) {
        flight += `${said}\r\n`;
        continue;
      }
      if (flight !== '') dialogue.write(flight);
      flight = '';
      const { text } = await dialogue.reply();
      assert.match(text.split('\r\n')[0] ?? '', patternOf(said), text);
    }
    dialogue.cut();
  });
}

test('EHLO announces to strangers what is theirs, each once, and nothing that is for peers', async () => {
  await using dialogue = await Dialogue.open(site.smtp);
  const { text } = await dialogue.say('EHLO bar.test');
  const keywords = text
    .split('\r\n')
    .slice(1)
    .map((line) => line.slice(4).split(' ')[0]);
  for (const keyword of [
    'PIPELINING',
    'SIZE',
    '8BITMIME',
    'SMTPUTF8',
    'STARTTLS',
    'DSN',
    'ENHANCEDSTATUSCODES',
    'CHUNKING',
  ]) {
    assert.equal(keywords.filter((one) => one === keyword).length, 1, `${keyword} in ${text}`);
  }
  for (const keyword of ['XRESTANTE', 'BINARYMIME', 'ETRN', 'XCLIENT', 'AUTH'])
    assert.ok(!keywords.includes(keyword), text);
});

test('every reply after EHLO has an enhanced code of its own class (RFC 2034, RFC 3463 §2)', async () => {
  await using dialogue = await Dialogue.open(site.smtp);
  await dialogue.say('EHLO bar.test');
  for (const line of [
    'NOOP',
    'RSET',
    'VRFY x',
    'XYZZY',
    'MAIL FROM:x',
    'RCPT TO:<a@b>',
    'DATA',
    'MAIL FROM:<a@bar.test>',
    'RCPT TO:<nobody@home.test>',
    'RCPT TO:<x@elsewhere.test>',
    'RCPT TO:<ana@home.test>',
    'EXPN list',
  ]) {
    const { code, text } = await dialogue.say(line);
    const enhanced = /^\d{3}[ -](\d)\.\d{1,3}\.\d{1,3} /.exec(text)?.[1];
    assert.equal(enhanced, String(code)[0], `${line}: ${text}`);
  }
});

function patternOf(expected: string): RegExp {
  const literal = expected
    .trim()
    .split('*')
    .map((piece) =>
      piece.replaceAll(/[.\\+?^${}()|[\]]/g, String.raw`\$&`).replace(/^(\d{3}) /, '$1[ -]'),
    );
  return new RegExp(`^${literal.join('.*')}$`);
}
