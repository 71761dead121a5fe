// People and domains may want other rules than their site: everything unjudged, other thresholds, no Junk folder. The wish holds at the
// home and, because it travels with the list of recipients, at the backup too, home up or down; a virus is nobody's wish.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startCountingSpamd, type CountingSpamd } from '../kit/counting-spamd.ts';
import { Dialogue, type Reply } from '../kit/dialogue.ts';
import { addressList, startLaboratory, type Laboratory } from '../kit/laboratory.ts';
import { personAt } from '../kit/person.ts';
import { arrived, bring, fieldsOf, written } from '../kit/stranger.ts';
import { until } from '../kit/until.ts';

const sites = ['shanghai', 'us'] as const;
type Site = (typeof sites)[number];
const listed = '127.0.0.66';
const clean = '127.0.0.10';

let spamd: CountingSpamd;
let laboratory: Laboratory;
before(async () => {
  spamd = await startCountingSpamd();
  laboratory = await startLaboratory({
    zone: addressList('bl.lab.test', { [listed]: '127.0.0.2' }),
    lists: 'address_lists = ["bl.lab.test 6"]',
    settings: `[scanners]\nspamd = "${spamd.address}"\n[judging]\ndomains = ["us.example tag=1 definite=2"]\n`,
  });
});
after(async () => {
  await laboratory?.[Symbol.asyncDispose]();
  await spamd?.[Symbol.asyncDispose]();
});

const person = (index: number) => personAt(laboratory.cluster, 'shanghai', index).address;

interface Offer {
  readonly id: string;
  readonly to: string;
  readonly address?: string;
  readonly text?: string;
}

function offer(
  site: Site,
  { id, to, address = clean, text = 'this is spam' }: Offer,
): Promise<Reply> {
  const from = 'x@stranger.test';
  const data = written({ id, from, to, text });
  return bring(laboratory.cluster.site(site).smtp, { address, from, to, data });
}

async function wish(address: string, ...options: readonly string[]): Promise<void> {
  const { code, stderr } = await laboratory.cluster.cli('account', 'set', address, ...options);
  assert.equal(code, 0, stderr);
}

test('who wants everything gets everything, unmarked, at home and at backup, home up and down', async () => {
  const { cluster } = laboratory;
  const [everything, usual] = [person(0), person(1)];
  await wish(everything, '--filtering', 'off');
  for (const site of sites)
    await until(
      async () =>
        (await offer(site, { id: `asked-${site}`, to: everything, address: listed })).code === 250,
      { what: `${site} has heard of the wish`, deadlineMs: 10_000 },
    );
  for (const site of sites) {
    assert.equal((await offer(site, { id: 'usual', to: usual, address: listed })).code, 550);
    const id = `everything-${site}`;
    assert.equal((await offer(site, { id, to: everything, address: listed })).code, 250);
    const mail = await arrived(cluster, 'shanghai', id);
    assert.deepEqual(fieldsOf(mail, 'Subject'), [`Subject: ${id}`]);
    assert.doesNotMatch(mail.path, /Junk/);
  }
  await cluster.kill('shanghai');
  const away = await offer('us', { id: 'away', to: everything, address: listed });
  const refused = await offer('us', { id: 'away-usual', to: usual, address: listed });
  await cluster.start('shanghai');
  assert.equal(away.code, 250, away.text);
  assert.equal(refused.code, 550, refused.text);
  const mail = await arrived(cluster, 'shanghai', 'away');
  assert.deepEqual(fieldsOf(mail, 'Subject'), ['Subject: away']);
});

test('who wants no Junk folder finds spam in the inbox, marked', async () => {
  const to = person(2);
  await wish(to, '--junk', 'inbox');
  for (const site of sites) {
    const id = `inbox-${site}`;
    assert.equal((await offer(site, { id, to })).code, 250);
    const mail = await arrived(laboratory.cluster, 'shanghai', id);
    assert.deepEqual(fieldsOf(mail, 'Subject'), [`Subject: :SPAM: ${id}`]);
    assert.doesNotMatch(mail.path, /Junk/);
  }
});

test('a domain with thresholds of its own is judged by them, at both doors', async () => {
  // Without a name that leads back, and so with one point.
  for (const site of sites) {
    const [hard, soft] = [`hard-${site}`, `soft-${site}`];
    const to = laboratory.cluster.accountAt('us');
    assert.equal((await offer(site, { id: hard, to, text: 'Hello.' })).code, 250);
    assert.equal((await offer(site, { id: soft, to: person(1), text: 'Hello.' })).code, 250);
    assert.match((await arrived(laboratory.cluster, 'us', hard)).path, /\.Junk\//);
    assert.doesNotMatch((await arrived(laboratory.cluster, 'shanghai', soft)).path, /Junk/);
  }
});

test('people with different rules are asked for separately (452), so that nobody gets what the rules of another let in', async () => {
  for (const site of sites) {
    const { smtp } = laboratory.cluster.site(site);
    await using dialogue = await Dialogue.open(smtp, { localAddress: clean });
    await dialogue.say('EHLO mail.stranger.test');
    const from = 'x@stranger.test';
    const ids = [`first-${site}`, `second-${site}`];
    await dialogue.say(`MAIL FROM:<${from}>`);
    assert.equal((await dialogue.say(`RCPT TO:<${person(1)}>`)).code, 250);
    const other = await dialogue.say(`RCPT TO:<${person(0)}>`);
    assert.equal(other.code, 452, other.text);
    await dialogue.say('RSET');
    for (const [index, id] of ids.entries()) {
      const to = person(1 - index);
      const data = written({ id, from, to, text: 'this is spam' });
      assert.equal((await dialogue.send({ from, to: [to], data })).at(-1)?.code, 250);
    }
    const [first, second] = [
      await arrived(laboratory.cluster, 'shanghai', ids[0] ?? ''),
      await arrived(laboratory.cluster, 'shanghai', ids[1] ?? ''),
    ];
    assert.match(first.header('Subject') ?? '', /^:SPAM: /);
    assert.doesNotMatch(second.header('Subject') ?? '', /SPAM/);
  }
});
