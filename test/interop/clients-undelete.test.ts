// "I deleted the wrong one": a mail program deletes, one command of the operator brings it back, the program shows it again. It was gone
// for good where a site forgot to tell its store about the grace period.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import type { ImapFlow } from 'imapflow';
import { startCluster } from '../kit/cluster.ts';
import { openImap, personAt, writeTo } from '../kit/person.ts';
import { until } from '../kit/until.ts';

async function subjects(client: ImapFlow, folder: string): Promise<readonly string[]> {
  await client.mailboxOpen(folder);
  const found: string[] = [];
  for await (const { envelope } of client.fetch('1:*', { envelope: true }))
    found.push(envelope?.subject ?? '');
  return found.toSorted();
}

test('a message that a client deleted is back after "restante mailbox undelete", once, in its folder', async () => {
  await using cluster = await startCluster();
  const person = personAt(cluster, 'us');
  const ca = await readFile(cluster.endpoints.ca, 'utf8');
  const client = await openImap(cluster, person, ca);
  for (const subject of ['keep-me', 'bring-me-back']) await writeTo(cluster, person, subject);
  await until(async () => (await subjects(client, 'INBOX')).length === 2, { what: 'both arrive' });
  await client.append('Archive', 'Subject: archived\r\n\r\nOld.\r\n', [String.raw`\Seen`]);

  const [wrong] = (await client.search({ subject: 'bring-me-back' }, { uid: true })) || [];
  await client.mailboxOpen('INBOX');
  assert.ok(wrong !== undefined);
  await client.messageDelete(String(wrong), { uid: true });
  await client.mailboxOpen('Archive');
  await client.messageDelete('1');
  assert.deepEqual(await subjects(client, 'INBOX'), ['keep-me']);
  await client.logout();

  const listed = await cluster.cli('mailbox', 'undelete', person.address, '--list', '--json');
  assert.equal(listed.code, 0, listed.stderr);
  const { rows } = JSON.parse(listed.stdout) as { rows: { folder: string; subject: string }[] };
  assert.deepEqual(rows.map(({ folder, subject }) => `${folder}: ${subject}`).toSorted(), [
    'Archive: archived',
    'INBOX: bring-me-back',
  ]);
  const undelete = ['mailbox', 'undelete', person.address, '--since', '1h', '--json'];
  const first = await cluster.cli(...undelete);
  assert.equal((JSON.parse(first.stdout) as { restored: number }).restored, 2, first.stderr);
  const again = await cluster.cli(...undelete);
  assert.equal((JSON.parse(again.stdout) as { restored: number }).restored, 0, again.stderr);

  const later = await openImap(cluster, person, ca);
  assert.deepEqual(await subjects(later, 'INBOX'), ['bring-me-back', 'keep-me']);
  assert.deepEqual(await subjects(later, 'Archive'), ['archived']);
  const archived = await later.fetchOne('1', { flags: true });
  assert.ok(archived !== false && archived.flags?.has(String.raw`\Seen`), 'it is still read');
  await later.logout();
});
