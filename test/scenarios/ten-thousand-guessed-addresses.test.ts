// Somebody tries ten thousand names to learn who lives here: after the configured number of misses his address is sent away, at this
// site and within seconds at the other, before any scanner has seen a byte of his; everybody else notices nothing (threat 11, mission R9).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startCountingSpamd, type CountingSpamd } from '../kit/counting-spamd.ts';
import { Dialogue } from '../kit/dialogue.ts';
import { startLaboratory, type Laboratory } from '../kit/laboratory.ts';
import { arrived, bring, written } from '../kit/stranger.ts';
import { until } from '../kit/until.ts';

const harvester = '127.0.0.50';
const neighbour = '127.0.0.51';
const unknownMax = 10;
const guesses = 10_000;

let spamd: CountingSpamd;
let laboratory: Laboratory;
before(async () => {
  spamd = await startCountingSpamd();
  laboratory = await startLaboratory({
    policy: `harvest_unknown_max = ${unknownMax}\nrecipients_per_minute = 100000\n`,
    settings: `[scanners]\nspamd = "${spamd.address}"\n`,
  });
});
after(async () => {
  await laboratory?.[Symbol.asyncDispose]();
  await spamd?.[Symbol.asyncDispose]();
});

interface Harvest {
  readonly unknown: number;
  readonly sentAway: number;
  readonly other: number;
}

/** All of them pipelined (RFC 2920), a hundred at a time. */
async function harvest(endpoint: string): Promise<Harvest> {
  const counts = { unknown: 0, sentAway: 0, other: 0 };
  const perSession = 1000;
  for (let first = 0; first < guesses; first += perSession) {
    await using dialogue = await Dialogue.open(endpoint, { localAddress: harvester });
    await dialogue.say('EHLO harvester.test');
    const mail = await dialogue.say('MAIL FROM:<x@harvester.test>');
    if (mail.code !== 250) {
      counts.sentAway += perSession;
      continue;
    }
    for (let at = first; at < first + perSession && !dialogue.isClosed; at += 100) {
      const names = Array.from({ length: 100 }, (_, index) => `guess${at + index}`);
      dialogue.write(names.map((name) => `RCPT TO:<${name}@shanghai.example>\r\n`).join(''));
      for (const _ of names) {
        const { code, text } = await dialogue.reply().catch(() => ({ code: 0, text: 'closed' }));
        if (code === 550 && /5\.1\.1/.test(text)) counts.unknown += 1;
        else if (code === 0 || (code >= 400 && /harvest|do not exist|unknown/i.test(text)))
          counts.sentAway += 1;
        else counts.other += 1;
      }
    }
  }
  return counts;
}

async function mailFrom(site: string, address: string): Promise<{ code: number; text: string }> {
  await using dialogue = await Dialogue.open(laboratory.cluster.site(site).smtp, {
    localAddress: address,
  });
  await dialogue.say('EHLO harvester.test');
  return await dialogue.say('MAIL FROM:<x@harvester.test>');
}

test('ten thousand guesses: no more than the configured number are answered, none costs a scanner, and nobody else suffers', async (t) => {
  const { cluster } = laboratory;
  const to = cluster.accountAt('shanghai');
  const from = 'friend@elsewhere.test';
  let isHarvesting = true;
  const friendly = (async () => {
    let sent = 0;
    while (isHarvesting) {
      const data = written({ id: `friend-${sent}`, from, to });
      const where = cluster.site(sent % 2 === 0 ? 'shanghai' : 'us').smtp;
      const reply = await bring(where, { address: neighbour, from, to, data });
      assert.equal(reply.code, 250, reply.text);
      sent += 1;
    }
    return sent;
  })();
  const counts = await harvest(cluster.site('shanghai').smtp);
  isHarvesting = false;
  const sent = await friendly;
  t.diagnostic(JSON.stringify({ ...counts, friendly: sent }));
  assert.ok(counts.unknown <= unknownMax, JSON.stringify(counts));
  assert.equal(counts.other, 0, JSON.stringify(counts));
  assert.equal(counts.unknown + counts.sentAway, guesses);
  assert.ok(sent > 0);
  for (let number = 0; number < sent; number += 1)
    await arrived(cluster, 'shanghai', `friend-${number}`);
  assert.equal(spamd.asked, sent, 'the scanner saw the letters of the friend and nothing else');
});

test('the other site sends him away within seconds, at MAIL, with words that say why', async () => {
  const heard = await until(
    async () => {
      const reply = await mailFrom('us', harvester);
      return reply.code >= 400 ? reply : undefined;
    },
    { what: 'us sends the harvester away', deadlineMs: 5_000 },
  );
  assert.ok(heard.code >= 400 && heard.code < 500, heard.text);
  assert.equal((await mailFrom('us', neighbour)).code, 250);
  const { stdout } = await laboratory.cluster.cli('block', 'list', '--json');
  const { harvestBlocks } = JSON.parse(stdout) as { harvestBlocks: { subject: string }[] };
  assert.deepEqual(
    harvestBlocks.map(({ subject }) => subject),
    [harvester],
  );
});

test('a kill and a restart of both sites forget nothing, and the operator may forgive', async () => {
  const { cluster } = laboratory;
  for (const site of ['shanghai', 'us']) await cluster.kill(site);
  for (const site of ['shanghai', 'us']) await cluster.start(site);
  for (const site of ['shanghai', 'us'])
    await until(async () => (await mailFrom(site, harvester)).code >= 400, {
      what: `${site} still knows him`,
      deadlineMs: 5_000,
    });
  const { code, stderr } = await cluster.cli('block', 'remove', harvester);
  assert.equal(code, 0, stderr);
  for (const site of ['shanghai', 'us'])
    await until(async () => (await mailFrom(site, harvester)).code === 250, {
      what: `${site} has forgiven him`,
      deadlineMs: 10_000,
    });
});
