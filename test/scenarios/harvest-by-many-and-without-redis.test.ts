// The harvest goes on by other means: from many addresses of one network, against the backup while the home is away, and while no Redis
// answers anywhere. It ends all the same, at both sites; people who have logged in there are none of the guard's business (law 3).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Dialogue, type Reply } from '../kit/dialogue.ts';
import { startLaboratory, type Laboratory } from '../kit/laboratory.ts';
import { personAt } from '../kit/person.ts';
import { arrived, written } from '../kit/stranger.ts';
import { until } from '../kit/until.ts';

const sites = ['shanghai', 'us'] as const;
type Site = (typeof sites)[number];
const unknownMax = 10;
const networkMax = 30;

let laboratory: Laboratory;
before(async () => {
  laboratory = await startLaboratory({
    policy: `harvest_unknown_max = ${unknownMax}\nharvest_network_unknown_max = ${networkMax}\n`,
    settings: '[submission]\nclear_text_logins = "loopback"\n',
  });
});
after(async () => laboratory?.[Symbol.asyncDispose]());

async function at(site: Site, address: string): Promise<Dialogue> {
  const dialogue = await Dialogue.open(laboratory.cluster.site(site).smtp, {
    localAddress: address,
  });
  await dialogue.say('EHLO harvester.test');
  return dialogue;
}

async function mailFrom(site: Site, address: string): Promise<Reply> {
  await using dialogue = await at(site, address);
  return await dialogue.say('MAIL FROM:<x@harvester.test>');
}

/** How many of the guesses were answered "unknown". */
async function guess(site: Site, address: string, { times }: { times: number }): Promise<number> {
  await using dialogue = await at(site, address);
  if ((await dialogue.say('MAIL FROM:<x@harvester.test>')).code !== 250) return 0;
  let unknown = 0;
  for (let number = 0; number < times; number += 1) {
    const { code } = await dialogue.say(`RCPT TO:<guess${number}@shanghai.example>`);
    if (code === 550) unknown += 1;
  }
  return unknown;
}

async function sentAway(site: Site, address: string): Promise<void> {
  await until(async () => (await mailFrom(site, address)).code === 450, {
    what: `${site} sends ${address} away`,
    deadlineMs: 5_000,
  });
}

test('many addresses of one network, each below its own limit, are sent away together, and their network everywhere', async () => {
  let unknown = 0;
  for (let last = 1; last <= 10; last += 1)
    unknown += await guess('shanghai', `127.0.20.${last}`, { times: unknownMax - 1 });
  assert.ok(unknown <= networkMax, `${unknown} were answered`);
  for (const site of sites) await sentAway(site, '127.0.20.200');
  for (const site of sites) assert.equal((await mailFrom(site, '127.0.21.1')).code, 250);
});

test('the backup notices it while the home is away, and the home knows when it is back', async () => {
  const { cluster } = laboratory;
  await cluster.kill('shanghai');
  assert.equal(await guess('us', '127.0.22.1', { times: 50 }), unknownMax);
  assert.equal((await mailFrom('us', '127.0.22.1')).code, 450);
  await cluster.start('shanghai');
  await sentAway('shanghai', '127.0.22.1');
});

test('no Redis anywhere: the guard counts alone, and the other site hears of it all the same', async () => {
  const { cluster } = laboratory;
  for (const site of sites) await cluster.killRedis(site);
  assert.equal(await guess('shanghai', '127.0.23.1', { times: 50 }), unknownMax);
  for (const site of sites) await sentAway(site, '127.0.23.1');
  assert.equal((await mailFrom('us', '127.0.23.2')).code, 250);
});

test('a person at an address that was sent away logs in and sends', async () => {
  const { cluster } = laboratory;
  const { address, password } = personAt(cluster, 'us');
  await using dialogue = await at('us', '127.0.23.1');
  const secret = Buffer.from(`\0${address}\0${password}`).toString('base64');
  const login = await dialogue.say(`AUTH PLAIN ${secret}`);
  assert.equal(login.code, 235, login.text);
  const to = cluster.accountAt('us');
  const data = written({ id: 'person', from: address, to });
  const last = (await dialogue.send({ from: address, to: [to], data })).at(-1);
  assert.equal(last?.code, 250, last?.text ?? '');
  for (const site of sites) await cluster.startRedis(site);
  await arrived(cluster, 'us', 'person');
});
