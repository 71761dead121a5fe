// What an operator writes down at one site holds at the other within seconds, also when that one was away meanwhile; it ends when it was
// said to end, and it never stands between a person and his own mail program (mission R13, threats 25).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Dialogue, type Reply } from '../kit/dialogue.ts';
import { addressList, startLaboratory, type Laboratory } from '../kit/laboratory.ts';
import { personAt } from '../kit/person.ts';
import { bring, written } from '../kit/stranger.ts';
import { until } from '../kit/until.ts';

const sites = ['shanghai', 'us'] as const;
type Site = (typeof sites)[number];
/** Told at once; "within seconds" is the promise. */
const secondsMax = 5;
const listed = '127.0.0.66';

let laboratory: Laboratory;
before(async () => {
  laboratory = await startLaboratory({
    zone: addressList('bl.lab.test', { [listed]: '127.0.0.2' }),
    lists: 'address_lists = ["bl.lab.test 6"]',
    settings: '[submission]\nclear_text_logins = "loopback"\n',
  });
});
after(async () => laboratory?.[Symbol.asyncDispose]());

let count = 0;
function offer(site: Site, address: string, from = 'x@stranger.test'): Promise<Reply> {
  const to = laboratory.cluster.accountAt('shanghai');
  const data = written({ id: `letter-${(count += 1)}`, from, to });
  return bring(laboratory.cluster.site(site).smtp, { address, from, to, data });
}

async function becomes(
  site: Site,
  code: number,
  [address, from]: [string, string?],
): Promise<Reply> {
  return until(
    async () => {
      const reply = await offer(site, address, from);
      return reply.code === code ? reply : undefined;
    },
    { what: `${site} answers ${code} to ${address} ${from ?? ''}`, deadlineMs: secondsMax * 1000 },
  );
}

/** Said to one site only, as a console of that site would. */
async function write(
  site: Site,
  list: 'block' | 'allow',
  subject: string,
  more = {},
): Promise<void> {
  const entry = { list, subject, reason: 'a drill', author: 'olga', ...more };
  const body = JSON.stringify(entry);
  await laboratory.cluster.ask(site, '/v1/lists', { method: 'POST', body });
}

async function remove(site: Site, list: 'block' | 'allow', subject: string): Promise<void> {
  const { code, stderr } = await laboratory.cluster.cli(list, 'remove', subject, '--site', site);
  assert.equal(code, 0, stderr);
}

for (const [here, there] of [sites, sites.toReversed()] as [Site, Site][]) {
  test(`an address blocked at ${here} is refused at ${there} within seconds, and let in again there when it is removed here`, async () => {
    const address = here === 'us' ? '127.0.0.71' : '127.0.0.72';
    assert.equal((await offer(there, address)).code, 250);
    await write(here, 'block', address);
    const reply = await becomes(there, 550, [address]);
    assert.match(reply.text, /5\.7\.1 .*blocked here by hand; .*postmaster/);
    await remove(here, 'block', address);
    await becomes(there, 250, [address]);
  });
}

test('networks, domains and senders are blocked alike, and nobody else', async () => {
  const cases = [
    { subject: '127.0.7.0/24', hit: ['127.0.7.9'], miss: ['127.0.8.9'] },
    {
      subject: 'spam.test',
      hit: ['127.0.0.73', 'x@spam.test'],
      miss: ['127.0.0.73', 'x@ham.test'],
    },
    {
      subject: 'one@far.test',
      hit: ['127.0.0.73', 'one@far.test'],
      miss: ['127.0.0.73', 'two@far.test'],
    },
  ] as { subject: string; hit: [string, string?]; miss: [string, string?] }[];
  for (const { subject, hit, miss } of cases) {
    await write('shanghai', 'block', subject);
    for (const site of sites) {
      await becomes(site, 550, hit);
      assert.equal((await offer(site, ...miss)).code, 250, subject);
    }
  }
});

test('a listed address that is let in at one site is taken at the other', async () => {
  for (const site of sites) assert.equal((await offer(site, listed)).code, 550);
  await write('us', 'allow', listed);
  for (const site of sites) await becomes(site, 250, [listed]);
  await remove('us', 'allow', listed);
  for (const site of sites) await becomes(site, 550, [listed]);
});

test('an entry ends by itself at both sites', async () => {
  const address = '127.0.0.74';
  await write('us', 'block', address, { expiresAtMs: Date.now() + 4_000 });
  for (const site of sites) await becomes(site, 550, [address]);
  for (const site of sites) await becomes(site, 250, [address]);
});

test('a site that was away hears of it when it is back, and both know it after a kill', async () => {
  const { cluster } = laboratory;
  const address = '127.0.0.75';
  await cluster.kill('us');
  const { code, stderr, stdout } = await cluster.cli(
    'block',
    'add',
    address,
    '--reason',
    'floods',
    '--json',
  );
  assert.equal(code, 0, stderr);
  assert.deepEqual((JSON.parse(stdout) as { sites: string[] }).sites, ['shanghai']);
  await cluster.start('us');
  await becomes('us', 550, [address]);
  for (const site of sites) await cluster.kill(site);
  for (const site of sites) await cluster.start(site);
  for (const site of sites) assert.equal((await offer(site, address)).code, 550, site);
});

test('a person at a blocked address can still log in and send', async () => {
  const { cluster } = laboratory;
  const { address, password } = personAt(cluster, 'us');
  await using dialogue = await Dialogue.open(cluster.site('us').smtp, {
    localAddress: '127.0.0.75',
  });
  await dialogue.say('EHLO laptop.test');
  const login = await dialogue.say(
    `AUTH PLAIN ${Buffer.from(`\0${address}\0${password}`).toString('base64')}`,
  );
  assert.equal(login.code, 235, login.text);
  const to = cluster.accountAt('shanghai');
  const data = written({ id: 'person', from: address, to });
  const last = (await dialogue.send({ from: address, to: [to], data })).at(-1);
  assert.equal(last?.code, 250, last?.text ?? '');
});
