// Nothing answers in DNS any more. Mail between the sites and from people who have logged in flows as before; strangers get what
// [judging] when_dns_is_down says, within the budgets; nothing waits longer than that, and nobody is called a forger for it (law 3).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Reply } from '../kit/dialogue.ts';
import { addressList, namedHost, startLaboratory, type Laboratory } from '../kit/laboratory.ts';
import { arrived, bring, fieldsOf, written } from '../kit/stranger.ts';
import { submit, whyNoCurl } from '../kit/submit.ts';
import { until } from '../kit/until.ts';

const stranger = '127.0.0.10';
const senderBudgetMs = 2_000;
const contentBudgetMs = 3_000;
/** Connecting, disk, and whatever else this machine does. */
const slackMs = 1_500;

let laboratory: Laboratory;
before(async () => {
  laboratory = await startLaboratory({
    zone: {
      ...namedHost('mail.stranger.test', stranger),
      '*.stranger.test': { TXT: [[`v=spf1 ip4:${stranger} -all`]] },
      ...addressList('bl.lab.test', {}),
    },
    lists: 'address_lists = ["bl.lab.test 6"]',
    settings: `[judging]\nsender_budget = "${senderBudgetMs}ms"\ncontent_budget = "${contentBudgetMs}ms"\n`,
    atSite: { us: '[site.judging]\nwhen_dns_is_down = "defer"\n' },
  });
});
after(async () => laboratory?.[Symbol.asyncDispose]());

interface Heard {
  readonly reply: Reply;
  readonly tookMs: number;
}

/** Every letter from a domain nobody has asked about yet. */
async function offer(site: 'shanghai' | 'us', id: string): Promise<Heard> {
  const to = laboratory.cluster.accountAt(site);
  const from = `x@${id}.stranger.test`;
  const data = written({ id, from, to });
  const startMs = performance.now();
  const endpoint = laboratory.cluster.site(site).smtp;
  const reply = await bring(endpoint, { address: stranger, from, to, data });
  return { reply, tookMs: performance.now() - startMs };
}

test('while DNS answers, the stranger is taken at both sites', async () => {
  for (const site of ['shanghai', 'us'] as const) {
    const { reply } = await offer(site, `before-${site}`);
    assert.equal(reply.code, 250, reply.text);
    const [results = ''] = fieldsOf(
      await arrived(laboratory.cluster, site, `before-${site}`),
      'Authentication-Results',
    );
    assert.match(results, /spf=pass/);
  }
});

test('DNS that loses every third packet delays nobody for long and changes no answer', async () => {
  let packets = 0;
  laboratory.dnsLine.fateOf = () => ((packets += 1) % 3 === 0 ? 'lost' : 'answered');
  const heard = await offer('us', 'lossy');
  laboratory.dnsLine.fateOf = () => 'answered';
  assert.equal(heard.reply.code, 250, heard.reply.text);
  assert.ok(heard.tookMs < senderBudgetMs + contentBudgetMs + slackMs, `${heard.tookMs} ms`);
});

test('dead: strangers are taken where the site says so, asked to come later where it says that, in time', async (t) => {
  laboratory.dnsLine.fateOf = () => 'lost';
  const gentle = await offer('shanghai', 'dead-shanghai');
  t.diagnostic(`taken within ${Math.round(gentle.tookMs)} ms`);
  assert.equal(gentle.reply.code, 250, gentle.reply.text);
  assert.ok(gentle.tookMs < senderBudgetMs + contentBudgetMs + slackMs, `${gentle.tookMs} ms`);
  const mail = await arrived(laboratory.cluster, 'shanghai', 'dead-shanghai');
  const [results = ''] = fieldsOf(mail, 'Authentication-Results');
  assert.match(results, /spf=temperror/);
  assert.doesNotMatch(results, /=fail/);
  assert.match(mail.path, /\/new\//, 'nobody is a spammer because DNS is dead');

  const strict = await offer('us', 'dead-us');
  t.diagnostic(`asked to come later within ${Math.round(strict.tookMs)} ms`);
  assert.equal(strict.reply.code, 451, strict.reply.text);
  assert.match(strict.reply.text, /4\.4\.3 .*SPF/);
  assert.ok(strict.tookMs < senderBudgetMs + slackMs, `${strict.tookMs} ms`);
});

test('dead: a hundred strangers at once wait together and not one after the other', async () => {
  const startMs = performance.now();
  const heard = await Promise.all(
    Array.from({ length: 100 }, async (_, index) => offer('shanghai', `many-${index}`)),
  );
  const tookMs = performance.now() - startMs;
  assert.deepEqual([...new Set(heard.map(({ reply }) => reply.code))], [250]);
  assert.ok(tookMs < 2 * (senderBudgetMs + contentBudgetMs) + slackMs, `${Math.round(tookMs)} ms`);
});

test(
  'dead: what the backup takes comes home, and who has logged in writes to both homes',
  { skip: whyNoCurl() ?? false },
  async () => {
    const { cluster } = laboratory;
    for (const site of ['shanghai', 'us'] as const)
      for (const home of ['shanghai', 'us'] as const) {
        const id = `${site}-to-${home}`;
        const from = cluster.accountAt(site);
        const to = cluster.accountAt(home);
        const startMs = performance.now();
        const { exitCode, dialogue } = await submit(cluster, {
          site,
          to,
          message: `${written({ id, from, to })}\r\n`,
        });
        assert.equal(exitCode, 0, dialogue);
        assert.ok(performance.now() - startMs < slackMs * 2, 'nobody of ours waits for DNS');
        await arrived(cluster, home, id);
      }
    const to = cluster.accountAt('shanghai');
    const from = 'x@to-the-backup.stranger.test';
    const data = written({ id: 'to-the-backup', from, to });
    // By the rules of the home it is for, whichever door it came to.
    const reply = await bring(cluster.site('us').smtp, { address: stranger, from, to, data });
    assert.equal(reply.code, 250, reply.text);
    await arrived(cluster, 'shanghai', 'to-the-backup');
  },
);

test('DNS is back: everything is as before', async () => {
  laboratory.dnsLine.fateOf = () => 'answered';
  await until(async () => (await offer('us', `back-${Date.now()}`)).reply.code === 250, {
    what: 'the strict site takes strangers again',
  });
});
