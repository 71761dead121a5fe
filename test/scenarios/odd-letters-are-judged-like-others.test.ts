// Letters that are odd, and sessions in odd order, at the door of the backup: each is judged by itself, keeps its bytes on the way home,
// and ends there once (laws 4 and 5, threats 14, 15, 18 and 28).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Dialogue } from '../kit/dialogue.ts';
import { startLaboratory, type Laboratory } from '../kit/laboratory.ts';
import type { FoundMail } from '../kit/maildir.ts';
import { fieldsOf } from '../kit/stranger.ts';
import { until } from '../kit/until.ts';

const address = '127.0.0.10';
let laboratory: Laboratory;
before(async () => {
  laboratory = await startLaboratory({
    zone: {
      'good.test': { TXT: [[`v=spf1 ip4:${address} -all`]] },
      'bad.test': { TXT: [['v=spf1 -all']] },
    },
  });
});
after(async () => laboratory?.[Symbol.asyncDispose]());

const to = () => laboratory.cluster.accountAt('shanghai');

async function atTheBackup(helo = 'mail.good.test'): Promise<Dialogue> {
  const { smtp } = laboratory.cluster.site('us');
  const dialogue = await Dialogue.open(smtp, { localAddress: address });
  await dialogue.say(`EHLO ${helo}`);
  return dialogue;
}

async function home(marker: string): Promise<FoundMail> {
  const found = async () =>
    (await laboratory.cluster.maildirs('shanghai')).filter(({ bytes }) => bytes.includes(marker));
  const [mail] = await until(
    async () => {
      const mails = await found();
      return mails.length > 0 && mails;
    },
    { what: `${marker} is at home`, deadlineMs: 60_000 },
  );
  assert.equal((await found()).length, 1, `${marker} is there once`);
  assert.ok(mail);
  return mail;
}

const odd: Readonly<Record<string, string>> = {
  'no header at all': '\r\nodd-01\r\n',
  'a header without an end': 'Subject: odd-02\r\nX-Last: 1\r\n',
  'a first line that continues nothing': ' X-Spam-Flag: YES\r\nSubject: odd-03\r\n\r\nx\r\n',
  'a line that is no field': 'Subject: odd-04\r\nno field here\r\nX-After: 1\r\n\r\nx\r\n',
  'bytes above ASCII': 'Subject: \xc4\xe3\xba\xc3 odd-05\r\nX-\xff: \xfe\r\n\r\n\xff\xfe\r\n',
  'two Subjects': 'Subject: odd-06\r\nSubject: b\r\n\r\nx\r\n',
  'nothing but dots': 'Subject: odd-07\r\n\r\n.\r\n..\r\n.x\r\n',
  'fields as many as there may be': `${'a:\r\n'.repeat(30_000)}Subject: odd-08\r\n\r\nx\r\n`,
  'a body that waits on the disk': `Subject: odd-09\r\n\r\n${`${'x'.repeat(70)}\r\n`.repeat(6000)}`,
  'a line that is long': `Subject: odd-10\r\nX-Long: ${'x'.repeat(900)}\r\n\r\n${'y'.repeat(990)}\r\n`,
};
for (const [index, [what, text]] of Object.entries(odd).entries())
  test(`${what}: taken, and at home with the bytes it came with below our fields`, async () => {
    await using dialogue = await atTheBackup();
    await dialogue.say('MAIL FROM:<x@good.test>');
    await dialogue.say(`RCPT TO:<${to()}>`);
    dialogue.write(`BDAT ${text.length} LAST\r\n${text}`);
    const { code, text: said } = await dialogue.reply();
    assert.equal(code, 250, said);
    const mail = await home(`odd-${String(index + 1).padStart(2, '0')}`);
    assert.equal(fieldsOf(mail, 'Authentication-Results').length, 1);
    const bytes = mail.bytes.toString('latin1');
    assert.ok(bytes.endsWith(what.includes('without an end') ? `${text}\r\n` : text));
    assert.ok(bytes.slice(0, -text.length).includes('spf=pass'));
  });

test('a long greeting and every reason there is: the verdict still travels', async () => {
  await using dialogue = await atTheBackup(Buffer.from('ü'.repeat(120)).toString('latin1'));
  await dialogue.say('MAIL FROM:<x@bad.test>');
  await dialogue.say(`RCPT TO:<${to()}>`);
  await dialogue.say('DATA');
  const signature = `DKIM-Signature: v=1; a=rsa-sha256; d=${'d'.repeat(60)}.test; s=s; h=from; bh=AAAA; b="\\\\AAA\r\n`;
  dialogue.write(`${signature.repeat(40)}Subject: many-reasons\r\n\r\nx\r\n.\r\n`);
  const { code, text } = await dialogue.reply();
  assert.equal(code, 250, text);
  assert.match((await home('many-reasons')).header('X-Spam-Status') ?? '', /spf/);
});

test('what was begun and given up leaves nothing to the next transaction of the session', async () => {
  await using dialogue = await atTheBackup();
  const begin = async (from: string) => {
    assert.equal((await dialogue.say(`MAIL FROM:<${from}>`)).code, 250);
    assert.equal((await dialogue.say(`RCPT TO:<${to()}>`)).code, 250);
  };
  const end = async (marker: string) => {
    const text = `Subject: ${marker}\r\n\r\nx\r\n`;
    dialogue.write(`BDAT ${text.length} LAST\r\n${text}`);
    const { code, text: said } = await dialogue.reply();
    assert.equal(code, 250, said);
    return fieldsOf(await home(marker), 'Authentication-Results')[0] ?? '';
  };
  await begin('x@bad.test');
  dialogue.write('BDAT 7\r\nhalf-a-');
  assert.equal((await dialogue.reply()).code, 250);
  await dialogue.say('RSET');
  await begin('x@good.test');
  assert.match(await end('order-1'), /spf=pass smtp\.mailfrom=x@good\.test/);
  await begin('x@good.test');
  await dialogue.say('EHLO other.test');
  assert.equal((await dialogue.say(`RCPT TO:<${to()}>`)).code, 503);
  await begin('x@bad.test');
  assert.match(await end('order-2'), /spf=fail .*smtp\.mailfrom=x@bad\.test/);
  await begin('x@bad.test');
  assert.equal((await dialogue.say('MAIL FROM:<x@good.test>')).code, 503);
  assert.match(await end('order-3'), /spf=fail/);
  assert.equal((await dialogue.say('MAIL FROM:<>')).code, 250);
  assert.equal((await dialogue.say(`RCPT TO:<${to()}>`)).code, 250);
  assert.match(await end('order-4'), /smtp\.helo=other\.test/);
});

test('the same bytes again at the other door, after a reply that was lost, are one letter', async () => {
  const text =
    'Message-ID: <again@good.test>\r\nX-Spam-Status: no\r\nSubject: again-1\r\n\r\nx\r\n';
  const send = async (door: 'us' | 'shanghai') => {
    const { smtp } = laboratory.cluster.site(door);
    const dialogue = await Dialogue.open(smtp, { localAddress: address });
    await dialogue.say('EHLO mail.good.test');
    await dialogue.say('MAIL FROM:<x@good.test>');
    await dialogue.say(`RCPT TO:<${to()}>`);
    dialogue.write(`BDAT ${text.length} LAST\r\n${text}`);
    const { code } = await dialogue.reply();
    assert.equal(code, 250);
    // Gone without a word behind it: nobody knows whether it was read.
    dialogue.cut();
  };
  await send('us');
  await home('again-1');
  await send('shanghai');
  await send('us');
  await until(async () => (await laboratory.cluster.metric('us', 'restante_spool_held')) === 0, {
    what: 'nothing waits any more',
  });
  await home('again-1');
});
