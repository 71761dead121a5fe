// Somebody calls and reads a reply aloud, or asks what became of his letter: `restante explain` knows it, in English and Chinese;
// `restante policy test` tells what would be done, without doing it. And whoever is refused can always write to postmaster and abuse
// (RFC 2142, RFC 5321 §4.5.1).
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Reply } from '../kit/dialogue.ts';
import { addressList, namedHost, startLaboratory, type Laboratory } from '../kit/laboratory.ts';
import { arrived, bring, written } from '../kit/stranger.ts';

const sites = ['shanghai', 'us'] as const;
const clean = '127.0.0.10';
const listed = '127.0.0.66';

let laboratory: Laboratory;
before(async () => {
  laboratory = await startLaboratory({
    zone: {
      ...namedHost('mail.stranger.test', clean),
      'stranger.test': { TXT: [[`v=spf1 ip4:${clean} -all`]] },
      '_dmarc.careful.test': { TXT: [['v=DMARC1; p=quarantine']] },
      ...addressList('bl.lab.test', { [listed]: '127.0.0.2' }),
    },
    lists: 'address_lists = ["bl.lab.test 6"]',
    atSite: { shanghai: '[site.judging]\nlist_refuse_points = 0\n' },
  });
});
after(async () => laboratory?.[Symbol.asyncDispose]());

interface Offer {
  readonly id: string;
  readonly address: string;
  readonly to: string;
  readonly author?: string;
}

function offer(
  site: (typeof sites)[number],
  { id, address, to, author = 'x@stranger.test' }: Offer,
): Promise<Reply> {
  const data = written({ id, from: author, to });
  const endpoint = laboratory.cluster.site(site).smtp;
  return bring(endpoint, { address, from: 'x@stranger.test', to, data });
}

test('the text of a reply is explained in both languages, at whichever site it was said', async () => {
  const { cluster } = laboratory;
  const reply = await offer('us', { id: 'listed', address: listed, to: cluster.accountAt('us') });
  assert.equal(reply.code, 550, reply.text);
  const { code, stdout, stderr } = await cluster.cli('explain', reply.text);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /at us: refuse, from 127\.0\.0\.66 \(mail\.stranger\.test\)/);
  assert.match(stdout, /127\.0\.0\.66 on bl\.lab\.test/);
  assert.match(stdout, /What to do: .*list/);
  assert.match(stdout, /黑名单/);
  assert.match(stdout, /怎么办：/);
  const wrapped = `The following message could not be delivered:\n  ${reply.text}\nSorry.`;
  const chinese = await cluster.cli('explain', wrapped, '--lang', 'zh');
  assert.equal(chinese.code, 0, chinese.stderr);
  assert.doesNotMatch(chinese.stdout, /What to do/);
  assert.match(chinese.stdout, /怎么办/);
});

test('the id of a message that was taken and marked is explained, too', async () => {
  const { cluster } = laboratory;
  const to = cluster.accountAt('shanghai');
  const reply = await offer('shanghai', {
    id: 'marked',
    address: clean,
    to,
    author: 'boss@careful.test',
  });
  assert.equal(reply.code, 250, reply.text);
  const mail = await arrived(cluster, 'shanghai', 'marked');
  const messageId = /\bid (\w+)/.exec(mail.header('Received') ?? '')?.[1] ?? '';
  assert.ok(reply.text.includes(messageId), `${reply.text} names ${messageId}`);
  const { code, stdout, stderr } = await cluster.cli('explain', messageId, '--json');
  assert.equal(code, 0, stderr);
  const { decisions, explanations } = JSON.parse(stdout) as {
    decisions: { action: string; reasons: { check: string }[] }[];
    explanations: { check: string; en: { what: string }; zh: { what: string } }[];
  };
  assert.equal(decisions[0]?.action, 'tag');
  assert.ok(
    explanations.some(({ check, zh }) => check === 'dmarc' && /[\u4e00-\u9fff]/.test(zh.what)),
  );
});

test('nobody remembers what was never decided: exit code 1, and a word about where to look', async () => {
  const { code, stderr } = await laboratory.cluster.cli('explain', '550 5.1.1 who are you');
  assert.equal(code, 1);
  assert.match(stderr, /restante trace/);
});

test('a dry run tells what each site would do, and does nothing', async () => {
  const { cluster } = laboratory;
  const to = cluster.accountAt('us');
  const file = join(cluster.dir, 'message.eml');
  await writeFile(file, `${written({ id: 'dry', from: to, to })}\r\n`);
  const envelope = [
    '--ip',
    listed,
    '--helo',
    'mail.stranger.test',
    '--from',
    'x@stranger.test',
    '--to',
    to,
  ];
  const judgedFor = async (recipient: string) => {
    const asked = [...envelope.slice(0, -1), recipient];
    const { code, stdout, stderr } = await cluster.cli('policy', 'test', ...asked, '--json');
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout) as { site: string; action: string; reply?: string }[];
  };
  // Both doors by the rules of the home.
  const strict = await judgedFor(to);
  assert.deepEqual(
    strict.map(({ action }) => action),
    ['refuse', 'refuse'],
  );
  assert.match(strict[0]?.reply ?? '', /listed by bl\.lab\.test/);
  const gentle = await judgedFor(cluster.accountAt('shanghai'));
  assert.ok(gentle.every(({ action }) => action !== 'refuse'));

  const forged = ['--ip', clean, ...envelope.slice(2), '--file', file, '--site', 'shanghai'];
  const spoken = await cluster.cli('policy', 'test', ...forged);
  assert.equal(spoken.code, 0, spoken.stderr);
  assert.match(spoken.stdout, /shanghai: refused \(by what it is/);
  assert.match(spoken.stdout, /own-domain/);
  for (const site of sites) {
    assert.equal(await cluster.waiting(site), 0);
    assert.equal(
      (await cluster.maildirs(site)).some((mail) => mail.header('Subject') === 'dry'),
      false,
    );
  }
});

test('postmaster and abuse hear everybody, whatever lists and domains say, at both doors of both domains', async () => {
  for (const site of sites)
    for (const domain of ['shanghai.example', 'us.example'])
      for (const office of ['postmaster', 'abuse', 'Postmaster', 'ABUSE']) {
        const reply = await offer(site, {
          id: `${office}-${site}-${domain}`,
          address: listed,
          to: `${office}@${domain}`,
          author: 'boss@careful.test',
        });
        assert.equal(reply.code, 250, `${office}@${domain} at ${site}: ${reply.text}`);
      }
});
