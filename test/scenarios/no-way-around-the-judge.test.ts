// Ways a spammer might try to be judged less, at the home's door and at its backup's: another verb, another port, TLS, a large message,
// other spellings of the header, forged findings, our own name in HELO. The message arrives marked once and in Junk, or not at all.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { startCountingSpamd, type CountingSpamd } from '../kit/counting-spamd.ts';
import { Dialogue, type Reply } from '../kit/dialogue.ts';
import { startLaboratory, type Laboratory } from '../kit/laboratory.ts';
import { arrived, bring, fieldsOf, written } from '../kit/stranger.ts';
import { until } from '../kit/until.ts';

const sites = ['shanghai', 'us'] as const;
type Site = (typeof sites)[number];
const address = '127.0.0.10';
const from = 'x@stranger.test';
const spam = 'this is spam';

let spamd: CountingSpamd;
let laboratory: Laboratory;
before(async () => {
  spamd = await startCountingSpamd();
  laboratory = await startLaboratory({ settings: `[scanners]\nspamd = "${spamd.address}"\n` });
});
after(async () => {
  await laboratory?.[Symbol.asyncDispose]();
  await spamd?.[Symbol.asyncDispose]();
});

const home = () => laboratory.cluster.accountAt('shanghai');
const trace = 'Received: from a.test by b.test; Sun, 22 Nov 2026 11:59:00 +0000';

async function open(site: Site, door: 'smtp' | 'smtpAlt' = 'smtp'): Promise<Dialogue> {
  const endpoint = laboratory.cluster.site(site)[door] ?? '';
  const dialogue = await Dialogue.open(endpoint, { localAddress: address });
  await dialogue.say('EHLO mail.stranger.test');
  return dialogue;
}

async function last(dialogue: Dialogue, data: string, to = [home()]): Promise<Reply> {
  const replies = await dialogue.send({ from, to, data });
  return replies.at(-1) ?? { code: 0, text: '' };
}

async function assertMarkedOnce(id: string, site: Site = 'shanghai'): Promise<void> {
  const mail = await arrived(laboratory.cluster, site, id);
  const marks =
    fieldsOf(mail, 'Subject')
      .join(' ')
      .match(/:SPAM:/g) ?? [];
  assert.equal(marks.length, 1, fieldsOf(mail, 'Subject').join('\n'));
  assert.match(mail.path, /\.Junk\//);
  assert.deepEqual(fieldsOf(mail, 'X-Spam-Flag'), ['X-Spam-Flag: YES']);
}

type Way = (site: Site, id: string) => Promise<Reply>;

const letter = (id: string, more: Partial<Parameters<typeof written>[0]> = {}) =>
  written({ id, from, to: home(), text: spam, fields: [trace], ...more });

const ways: Readonly<Record<string, Way>> = {
  'by BDAT in pieces (RFC 3030)': async (site, id) => {
    await using dialogue = await open(site);
    await dialogue.say(`MAIL FROM:<${from}>`);
    await dialogue.say(`RCPT TO:<${home()}>`);
    const data = `${letter(id)}\r\n`;
    dialogue.write(`BDAT 40\r\n${data.slice(0, 40)}`);
    await dialogue.reply();
    dialogue.write(`BDAT ${data.length - 40} LAST\r\n${data.slice(40)}`);
    return await dialogue.reply();
  },
  'at the second port': async (site, id) => {
    await using dialogue = await open(site, 'smtpAlt');
    return await last(dialogue, letter(id));
  },
  'over TLS (RFC 3207)': (site, id) => overTls(site, letter(id)),
  'as the second message of a connection, after a clean one and RSET': async (site, id) => {
    await using dialogue = await open(site);
    assert.equal((await last(dialogue, letter(`${id}-clean`, { text: 'Hello.' }))).code, 250);
    await dialogue.say(`MAIL FROM:<friend@elsewhere.test>`);
    await dialogue.say('RSET');
    return await last(dialogue, letter(id));
  },
  'behind 400 KiB of nothing': async (site, id) => {
    await using dialogue = await open(site);
    const text = `${`${'x'.repeat(76)}\r\n`.repeat(5_200)}${spam}`;
    return await last(dialogue, letter(id, { text }));
  },
  'with forged findings': async (site, id) => {
    await using dialogue = await open(site);
    const fields = [trace, 'X-Spam-Flag: NO', 'X-SPAM-STATUS: no, points=-100', 'x-spam-flag: NO'];
    return await last(dialogue, letter(id, { fields }));
  },
  'with a folded Subject': async (site, id) => {
    await using dialogue = await open(site);
    return await last(dialogue, letter(id, { subject: `\r\n ${id}\r\n\tand more` }));
  },
  'without a Subject': async (site, id) => {
    await using dialogue = await open(site);
    return await last(dialogue, letter(id).replace(/^Subject: .*\r\n/m, ''));
  },
  'with SUBJECT in capitals and no space behind it': async (site, id) => {
    await using dialogue = await open(site);
    return await last(dialogue, letter(id).replace(/^Subject: /m, 'SUBJECT:'));
  },
  'with an encoded word for a Subject': async (site, id) => {
    await using dialogue = await open(site);
    return await last(dialogue, letter(id, { subject: '=?utf-8?b?5L2g5aW9?=' }));
  },
  'as a bounce': async (site, id) =>
    bring(laboratory.cluster.site(site).smtp, { address, from: '', to: home(), data: letter(id) }),
};

for (const [way, send] of Object.entries(ways))
  test(`spam ${way} is marked once, at both doors`, async () => {
    for (const site of sites) {
      const id = `${Object.keys(ways).indexOf(way)}-${site}`;
      const asked = spamd.asked;
      const reply = await send(site, id);
      assert.equal(reply.code, 250, reply.text);
      await assertMarkedOnce(id);
      assert.ok(spamd.asked - asked >= 1);
    }
  });

test('spam for people of both homes at once is judged once and marked once in both mailboxes', async () => {
  for (const site of sites) {
    const id = `both-${site}`;
    const asked = spamd.asked;
    await using dialogue = await open(site);
    const reply = await last(dialogue, letter(id), [home(), laboratory.cluster.accountAt('us')]);
    assert.equal(reply.code, 250, reply.text);
    await assertMarkedOnce(id);
    await assertMarkedOnce(id, 'us');
    assert.equal(spamd.asked - asked, 1);
  }
});

test('spam for an alias that leads to the other home is judged once, marked once, and in Junk there', async () => {
  const { cluster } = laboratory;
  const set = await cluster.cli('alias', 'set', 'leads@us.example', home());
  assert.equal(set.code, 0, set.stderr);
  for (const site of sites) {
    const to = 'leads@us.example';
    const id = `alias-${site}`;
    const offer = async () =>
      bring(cluster.site(site).smtp, { address, from, to, data: letter(id, { to }) });
    const reply = await until(
      async () => {
        const heard = await offer();
        return heard.code === 250 ? heard : undefined;
      },
      { what: `${site} knows the alias` },
    );
    assert.equal(reply.code, 250);
    await assertMarkedOnce(id);
    const mail = await arrived(cluster, 'shanghai', id);
    assert.equal(fieldsOf(mail, 'Authentication-Results').length, 1);
  }
});

test('whoever greets with a name of ours is refused at both doors (R11)', async () => {
  for (const site of sites)
    for (const helo of ['mx.us.example', 'MX.shanghai.example.', 'us.example']) {
      const reply = await bring(laboratory.cluster.site(site).smtp, {
        address,
        helo,
        from,
        to: home(),
        data: 'never sent',
      });
      assert.equal(reply.code, 550, `${helo} at ${site}: ${reply.text}`);
      assert.match(reply.text, /5\.7\.1 You greeted with our own name/);
    }
});

test('a hop note from somebody without a certificate of ours is no verdict', async () => {
  await using dialogue = await open('shanghai');
  const reply = await dialogue.say(`MAIL FROM:<${from}> XRESTANTE=e30`);
  assert.ok(reply.code >= 500, reply.text);
});

/** The same transaction inside TLS. */
async function overTls(site: Site, data: string): Promise<Reply> {
  const [host = '', port] = laboratory.cluster.site(site).smtp.split(':');
  const plain = await Dialogue.open(`${host}:${port}`, { localAddress: address });
  await plain.say('EHLO mail.stranger.test');
  const ready = await plain.say('STARTTLS');
  assert.equal(ready.code, 220, ready.text);
  await using secure = await plain.upgraded((socket) =>
    connectTls({ socket, rejectUnauthorized: false }),
  );
  await secure.say('EHLO mail.stranger.test');
  return await last(secure, data);
}
