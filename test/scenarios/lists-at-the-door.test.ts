// Lists in DNS at the edge, each case of a list's life: one that has the stranger, one of good senders, one that is dead, one that lists
// the whole world, one that does not serve our resolver. Refusals name the list; sites weigh differently; who has logged in is never
// judged by his address (RFC 5782, mission R8, threats 25 and 26).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Dialogue, type Reply } from '../kit/dialogue.ts';
import { addressList, namedHost, startLaboratory, type Laboratory } from '../kit/laboratory.ts';
import { personAt } from '../kit/person.ts';
import { arrived, bring, fieldsOf, written } from '../kit/stranger.ts';
import { until } from '../kit/until.ts';

const clean = '127.0.0.10';
const listed = '127.0.0.66';
const excused = '127.0.0.67';
const dialUp = '127.0.0.68';
const budgetMs = 500;

let laboratory: Laboratory;
before(async () => {
  laboratory = await startLaboratory({
    zone: {
      ...namedHost('mail.stranger.test', clean),
      ...addressList('bl.lab.test', {
        [listed]: { A: ['127.0.0.4'], TXT: [['See https://bl.lab.test/q?127.0.0.66']] },
        [excused]: '127.0.0.4',
        [dialUp]: '127.0.0.10',
      }),
      ...addressList('wl.lab.test', { [excused]: '127.0.5.3' }),
      ...addressList('dead.lab.test', {}),
      '*.world.lab.test': { A: ['127.0.0.2'] },
      '*.closed.lab.test': { A: ['127.255.255.254'] },
      'test.dbl.lab.test': { A: ['127.0.1.2'] },
      'spammer.test.dbl.lab.test': { A: ['127.0.1.4'] },
    },
    lists: `
address_lists = ["bl.lab.test 6 127.0.0.2-9 127.0.0.10=2:dial-up", "wl.lab.test -5", "dead.lab.test 6", "world.lab.test 6", "closed.lab.test 6"]
domain_lists = ["dbl.lab.test 6"]
health_every = "10s"`,
    settings: '[submission]\nclear_text_logins = "loopback"\n',
    atSite: { shanghai: '[site.judging]\nlist_refuse_points = 0\n' },
  });
});
after(async () => laboratory?.[Symbol.asyncDispose]());

let count = 0;

function offer(
  site: 'shanghai' | 'us',
  { address, from = 'x@stranger.test', id = `letter-${(count += 1)}` }: Offer,
): Promise<Reply> {
  const to = laboratory.cluster.accountAt(site);
  const data = written({ id, from, to });
  return bring(laboratory.cluster.site(site).smtp, { address, from, to, data });
}

interface Offer {
  readonly address: string;
  readonly from?: string;
  readonly id?: string;
}

test('a listed stranger is refused with the name of the list and its own words; the gentle site marks instead', async () => {
  const strict = await offer('us', { address: listed });
  assert.equal(strict.code, 550, strict.text);
  assert.match(
    strict.text,
    /5\.7\.1 Your address 127\.0\.0\.66 is listed by bl\.lab\.test; .*https:\/\/bl\.lab\.test\/q\?127\.0\.0\.66/,
  );
  const gentle = await offer('shanghai', { address: listed, id: 'gentle' });
  assert.equal(gentle.code, 250, gentle.text);
  const mail = await arrived(laboratory.cluster, 'shanghai', 'gentle');
  assert.match(mail.path, /\.Junk\//);
  assert.match(fieldsOf(mail, 'X-Spam-Status')[0] ?? '', /likely.*block-list/);
});

test('a list of good senders speaks for one that is on a bad one, and a code of small weight does not refuse', async () => {
  for (const address of [excused, dialUp, clean]) {
    const reply = await offer('us', { address });
    assert.equal(reply.code, 250, reply.text);
  }
});

test('a listed domain of the sender is refused with the name of the list', async () => {
  const reply = await offer('us', { address: clean, from: 'x@spammer.test' });
  assert.equal(reply.code, 550, reply.text);
  assert.match(reply.text, /5\.7\.1 The domain spammer\.test is listed by dbl\.lab\.test/);
});

test('a list that lists the world, and one that does not serve us, are switched off with an alarm and count for nothing', async () => {
  for (const site of ['shanghai', 'us'])
    for (const zone of ['world.lab.test', 'closed.lab.test'])
      await until(
        async () =>
          (await laboratory.cluster.metric(
            site,
            `restante_list_changes_total{zone="${zone}",to="off"}`,
          )) === 1,
        { what: `${site} has switched ${zone} off` },
      );
});

for (const door of ['smtp', 'smtpAlt'] as const) {
  test(`a person at a listed address logs in and sends, at ${door} too (threat 25)`, async () => {
    const person = personAt(laboratory.cluster, 'us');
    const endpoint = laboratory.cluster.site('us')[door] ?? '';
    await using dialogue = await Dialogue.open(endpoint, { localAddress: listed });
    await dialogue.say('EHLO laptop.test');
    const secret = Buffer.from(`\0${person.address}\0${person.password}`).toString('base64');
    const login = await dialogue.say(`AUTH PLAIN ${secret}`);
    assert.equal(login.code, 235, login.text);
    const id = `by-${door}`;
    const to = laboratory.cluster.accountAt('shanghai');
    const data = written({ id, from: person.address, to });
    const last = (await dialogue.send({ from: person.address, to: [to], data })).at(-1);
    assert.equal(last?.code, 250, last?.text ?? '');
    const mail = await arrived(laboratory.cluster, 'shanghai', id);
    assert.doesNotMatch(mail.path, /\.Junk\//);
  });
}

test('a list that dies costs a stranger no more than its budget and 50 ms, then nothing, and comes back by itself', async () => {
  const took = async (address: string) => {
    const startMs = performance.now();
    const reply = await offer('us', { address });
    assert.equal(reply.code, 250, reply.text);
    return performance.now() - startMs;
  };
  const usual = await took('127.0.0.100');
  laboratory.dnsLine.fateOf = (name) => (name.endsWith('dead.lab.test') ? 'lost' : 'answered');
  const added: number[] = [];
  for (let last = 101; last < 104; last += 1) added.push((await took(`127.0.0.${last}`)) - usual);
  // The middle one: this machine may be busy with something else for a moment.
  const middle = added.toSorted((a, b) => a - b)[1] ?? Number.NaN;
  assert.ok(middle <= budgetMs + 50, `it cost ${Math.round(middle)} ms`);
  const off = 'restante_list_changes_total{zone="dead.lab.test",to="off"}';
  const on = 'restante_list_changes_total{zone="dead.lab.test",to="on"}';
  const changed = async (series: string) => (await laboratory.cluster.metric('us', series)) === 1;
  await until(async () => changed(off), { what: 'the dead list is switched off' });
  const afterwards = await took('127.0.0.104');
  assert.ok(afterwards - usual < budgetMs / 2, `it still costs ${Math.round(afterwards)} ms`);
  laboratory.dnsLine.fateOf = () => 'answered';
  await until(async () => changed(on), { what: 'the list that is back is switched on' });
});
