// A person's mail program moves mail into Junk and out of it, and SpamAssassin learns: the whole way from IMAP to sa-learn's counts.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import type { ImapFlow } from 'imapflow';
import { startSpamd } from '../../packages/scanners/test/spamd.ts';
import { whyNot } from '../../packages/scanners/test/start-daemon.ts';
import { startCluster } from '../kit/cluster.ts';
import { openImap, personAt, writeTo } from '../kit/person.ts';
import { until } from '../kit/until.ts';

const gtube = ['XJS*C4JDBQADN1.NSBN3*2IDNEN', '*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X'].join('');

async function subjects(client: ImapFlow, folder: string): Promise<readonly string[]> {
  const { exists } = await client.mailboxOpen(folder);
  if (exists === 0) return [];
  const found: string[] = [];
  for await (const { envelope } of client.fetch('1:*', { envelope: true }))
    found.push(envelope?.subject ?? '');
  return found.toSorted();
}

test(
  'spam is in Junk before she looks; what she moves there or back is learned; what she throws away is not',
  { skip: whyNot('spamd') },
  async () => {
    await using spamd = await startSpamd();
    await using cluster = await startCluster();
    await cluster.reconfigure((text) => `${text}\n[scanners]\nspamd = "${spamd.tcp}"\n`);
    const person = personAt(cluster, 'us');
    const client = await openImap(cluster, person, await readFile(cluster.endpoints.ca, 'utf8'));
    const arrives = (folder: string, ...wanted: readonly string[]) =>
      until(async () => (await subjects(client, folder)).join() === wanted.toSorted().join(), {
        what: () => `${folder} has ${wanted.join()}`,
      });
    const learned = (spam: number, ham: number) =>
      until(() => spamd.learned('nspam') === spam && spamd.learned('nham') === ham, {
        what: () => `${spam} spam, ${ham} ham: ${spamd.learned('nspam')}, ${spamd.learned('nham')}`,
        // Asking is a program that reads all of SpamAssassin, and spamd has to share the processor with it.
        everyMs: 1_500,
        deadlineMs: 90_000,
      });
    const move = async (subject: string, from: string, to: string) => {
      await client.mailboxOpen(from);
      const [uid] = (await client.search({ subject }, { uid: true })) || [];
      assert.ok(uid !== undefined, `${subject} in ${from}`);
      await client.messageMove(String(uid), to, { uid: true });
    };

    await writeTo(cluster, person, 'newsletter', 'Cheap pills today, buy quickly, before they go.');
    await writeTo(cluster, person, 'minutes', 'The minutes of the meeting, with the next date.');
    await writeTo(cluster, person, 'gtube', gtube);
    await arrives('INBOX', 'minutes', 'newsletter');
    await arrives('Junk', ':SPAM: gtube');

    await move('newsletter', 'INBOX', 'Junk');
    await learned(1, 0);
    await move('gtube', 'Junk', 'INBOX');
    await learned(1, 1);
    // She thought again.
    await move('newsletter', 'Junk', 'INBOX');
    await learned(0, 2);
    await move('newsletter', 'INBOX', 'Junk');
    await learned(1, 1);
    await move('newsletter', 'Junk', 'Trash');
    await move('minutes', 'INBOX', 'Junk');
    await learned(2, 1);
    await client.logout();
  },
);
