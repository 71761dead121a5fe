// The same spam at the home's door and at its backup's, home up and home down: it is refused alike, marked alike, and what the backup
// judged is not judged again at home (laws 3 and 5, mission R7: ":SPAM:" once although two sites see it).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startCountingSpamd, type CountingSpamd } from '../kit/counting-spamd.ts';
import type { Reply } from '../kit/dialogue.ts';
import { addressList, namedHost, startLaboratory, type Laboratory } from '../kit/laboratory.ts';
import type { FoundMail } from '../kit/maildir.ts';
import { arrived, bring, fieldsOf, written } from '../kit/stranger.ts';

const known = '127.0.0.10';
const listed = '127.0.0.66';
const sites = ['shanghai', 'us'] as const;

let spamd: CountingSpamd;
let laboratory: Laboratory;
before(async () => {
  spamd = await startCountingSpamd();
  laboratory = await startLaboratory({
    zone: {
      ...namedHost('mail.stranger.test', known),
      // Says of everybody but this one address that it lies: the home's look at its backup would fail it.
      'stranger.test': { TXT: [[`v=spf1 ip4:${known} -all`]] },
      ...addressList('bl.lab.test', { [listed]: '127.0.0.2' }),
    },
    lists: 'address_lists = ["bl.lab.test 6"]',
    settings: `[judging]\nspf_on_fail = "refuse"\n[scanners]\nspamd = "${spamd.address}"\n`,
  });
});
after(async () => {
  await laboratory?.[Symbol.asyncDispose]();
  await spamd?.[Symbol.asyncDispose]();
});

const shanghai = () => laboratory.cluster.accountAt('shanghai');

function offer(
  door: (typeof sites)[number],
  { id, address, text = 'this is spam', subject = id }: Offer,
): Promise<Reply> {
  const from = 'x@stranger.test';
  const fields = ['Received: from nowhere.test by relay.test; Sun, 22 Nov 2026 11:59:00 +0000'];
  const data = written({ id, from, to: shanghai(), subject, fields, text });
  return bring(laboratory.cluster.site(door).smtp, { address, from, to: shanghai(), data });
}

interface Offer {
  readonly id: string;
  readonly address: string;
  readonly subject?: string;
  readonly text?: string;
}

const atHome = (id: string) => arrived(laboratory.cluster, 'shanghai', id);

/** Everything about the verdict that the reader sees. */
function assertMarkedOnceBy(door: (typeof sites)[number], mail: FoundMail, subject: string): void {
  assert.deepEqual(fieldsOf(mail, 'Subject'), [`Subject: :SPAM: ${subject}`]);
  const results = fieldsOf(mail, 'Authentication-Results');
  assert.equal(results.length, 1, results.join('\n'));
  assert.match(results[0] ?? '', new RegExp(`^Authentication-Results: mx\\.${door}\\.example;`));
  assert.match(results[0] ?? '', /spf=pass/);
  assert.equal(fieldsOf(mail, 'X-Spam-Flag').length, 1);
  assert.match(mail.path, /\/\.Junk\/(new|cur)\//);
}

for (const { title, isHomeUp } of [
  { title: 'home up', isHomeUp: true },
  { title: 'home down', isHomeUp: false },
]) {
  test(`${title}: definite spam is taken and marked alike at every door, judged once, marked once`, async () => {
    const doors = isHomeUp ? sites : (['us'] as const);
    if (!isHomeUp) await laboratory.cluster.kill('shanghai');
    const before = spamd.asked;
    for (const door of doors) {
      const reply = await offer(door, { id: `${door}-${isHomeUp}`, address: known });
      assert.equal(reply.code, 250, reply.text);
    }
    if (!isHomeUp) await laboratory.cluster.start('shanghai');
    for (const door of doors) {
      const subject = `${door}-${isHomeUp}`;
      assertMarkedOnceBy(door, await atHome(subject), subject);
    }
    assert.equal(spamd.asked - before, doors.length, 'the scanner saw each message once');
  });

  test(`${title}: a listed address and a sender that SPF denies hear the same words at every door`, async () => {
    const doors = isHomeUp ? sites : (['us'] as const);
    if (!isHomeUp) await laboratory.cluster.kill('shanghai');
    for (const door of doors) {
      const byList = await offer(door, { id: 'listed', address: listed });
      assert.equal(byList.code, 550, byList.text);
      assert.match(byList.text, /5\.7\.1 Your address 127\.0\.0\.66 is listed by bl\.lab\.test/);
      const bySpf = await offer(door, { id: 'denied', address: '127.0.0.11' });
      assert.equal(bySpf.code, 550, bySpf.text);
      assert.match(bySpf.text, /5\.7\.23 SPF: stranger\.test/);
    }
    if (!isHomeUp) await laboratory.cluster.start('shanghai');
  });
}

test('a mail that comes with the mark is marked no second time, and clean mail not at all', async () => {
  for (const door of sites) {
    const id = `again-${door}`;
    const subject = `:SPAM: ${id}`;
    assert.equal((await offer(door, { id, address: known, subject })).code, 250);
    assert.deepEqual(fieldsOf(await atHome(id), 'Subject'), [`Subject: ${subject}`]);
    const clean = `clean-${door}`;
    assert.equal((await offer(door, { id: clean, address: known, text: 'Hello.' })).code, 250);
    const mail = await atHome(clean);
    assert.deepEqual(fieldsOf(mail, 'Subject'), [`Subject: ${clean}`]);
    assert.doesNotMatch(mail.path, /Junk/);
  }
});
